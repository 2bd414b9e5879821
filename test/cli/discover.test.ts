import { createSocket } from 'node:dgram'
import { EventEmitter, once } from 'node:events'
import { expect, it } from 'vitest'
import { discover } from '../../src/cli/discover.ts'
import { parseConfigText } from '../../src/config/load-config.ts'
import { startFakeOnvifCamera } from '../fake-onvif/fake-onvif-camera.ts'

const CANARY = 'canary7pass'

it.each([
  [CANARY, 'H264 1920x1080'],
  ['wrong9pass', 'does not accept the user or the password'],
])('a camera that is found is listed with what it offers and a line that works: %s', async (password, words) => {
  await using camera = await startFakeOnvifCamera()
  const socket = createSocket('udp4')
  const service = `http://192.168.77.1:${camera.port}/onvif/device_service`
  socket.on('message', (_, from) => {
    socket.send(`<a><ProbeMatch><Scopes/><XAddrs>${service}</XAddrs></ProbeMatch></a>`, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const written: string[] = []
  const stdout = { isTTY: false, write: (data: string | Uint8Array) => void written.push(data.toString()) }
  const environment = { CAMERA_PASSWORD: password }
  const context = { stdout, stderr: stdout, environment, folder: '.', signals: new EventEmitter(), platform: 'linux' as const }
  await discover({ json: false, user: 'admin', seconds: 0.2, target: socket.address() }, context)
  socket.close()
  const text = written.join('')
  expect(text).toContain(words)
  expect(text).not.toContain(password)
  const { config } = parseConfigText(text.slice(text.indexOf('cameras:')), { file: 'atalaya.yaml', environment })
  expect(config.cameras.get('camera1')?.source).toMatchObject({ kind: 'onvif', url: { host: '127.0.0.1', port: camera.port } })
})
