import { createGateway, mjpegStream } from 'atalaya'
import express from 'express'

const gateway = await createGateway({ basePath: '/cameras', cameras: { '1': process.env['CAMERA'] ?? 'test:clock' } })
const app = express()

app.get('/', (_request, response) => response.send('<img src="/live/1">'))
app.get('/live/:id', (request, response) => mjpegStream(gateway.camera(request.params.id)).pipe(response))
app.get('/picture/:id', async (request, response) => {
  const { data } = await gateway.camera(request.params.id).picture({ width: 320 })
  response.type('image/jpeg').send(data)
})
app.use('/cameras', (request, response) => gateway.handle(request, response))

app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
process.once('SIGTERM', () => void gateway.close().then(() => process.exit(0)))
