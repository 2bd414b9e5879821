import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { discoverCameras } from './discover-cameras.ts'
import { findAll, parseXml, textAt } from './xml.ts'

/** Answers a probe with these texts, and says what it was asked. */
async function startResponder(answers: readonly string[]) {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (message, from) => {
    asked.push(message.toString())
    for (const text of answers) socket.send(text, from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return { asked, target: socket.address(), [Symbol.dispose]: () => socket.close() }
}

const match = (services: string, scopes: string) =>
  `<e:Envelope xmlns:e="x"><e:Body><d:ProbeMatches><d:ProbeMatch><d:Scopes>${scopes}</d:Scopes><d:XAddrs>${services}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>`

it('finds each camera once, at the address that its answer came from, and is not disturbed by nonsense', async () => {
  const scopes = 'onvif://www.onvif.org/hardware/IPC-1 onvif://www.onvif.org/name/Front%20door%1b[31m'
  using responder = await startResponder([
    match('http://192.168.77.1:8000/onvif/device_service', scopes),
    'nonsense',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    match('', ''),
  ])
  expect(await discoverCameras({ waitMs: 200, target: responder.target })).toEqual([
    { host: '127.0.0.1', port: 8000, name: 'Front door[31m', hardware: 'IPC-1' },
    { host: '127.0.0.1', port: 80, name: '', hardware: '' },
  ])
  const probe = parseXml(responder.asked[0] ?? '')
  expect(textAt(probe, 'Probe', 'Types')).toBe('n:NetworkVideoTransmitter')
  expect(findAll(probe, 'MessageID')).toHaveLength(1)
})
