import Fastify from 'fastify'
import { cameras } from './cameras.ts'

const server = Fastify()
const config = { cameras: { '1': process.env['CAMERA'] ?? 'test:clock' } }
await server.register(cameras, { prefix: '/cameras', config })
server.get('/', (_request, reply) => reply.type('text/html').send('<img src="/cameras/1">'))
await server.listen({ port: Number(process.env['PORT'] ?? 3000) })
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)))
