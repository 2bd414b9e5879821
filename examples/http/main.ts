import { createServer } from 'node:http'
import { createGateway, mjpegStream } from 'atalaya'

const gateway = await createGateway({ basePath: '/cameras', cameras: { '1': process.env['CAMERA'] ?? 'test:clock' } })

const server = createServer((request, response) => {
  if (request.url?.startsWith('/cameras')) {
    // All that Atalaya serves, below a path of yours: /cameras/, /cameras/camera/1, /cameras/status …
    gateway.handle(request, response)
  } else if (request.url === '/live') {
    // Only the pictures: everything else about the answer is yours.
    mjpegStream(gateway.camera('1'), { width: 320 }).pipe(response)
  } else {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end('<h1>Two ways</h1><img src="/live"><img src="/cameras/camera/1">')
  }
})

server.on('upgrade', (request, socket) => gateway.upgrade(request, socket))
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
process.once('SIGTERM', () => void gateway.close().then(() => process.exit(0)))
