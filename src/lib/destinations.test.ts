import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { parseCameraUrl } from './camera-url.ts'
import { checkDestination, guardedConnect, notOurselves, onlyCameras } from './destinations.ts'
import { followRedirect } from './follow-redirect.ts'

const listed: string[] = []
const rules = { ownPort: () => 5000, ownAddresses: () => ['192.168.50.2'], listed: () => listed }
const refusalOf = async (url: string, destinations = onlyCameras(rules)) => {
  const parsed = parseCameraUrl(url).with({ destinations })
  const failure = await checkDestination(parsed, parsed.port ?? 80).catch((error) => error.code)
  return failure === 'refused' ? 'refused' : 'let through'
}

describe('a camera that was added by the API', () => {
  it.each([
    'http://127.0.0.1:8080/',
    'http://localhost/',
    'http://[::1]/',
    'http://0.0.0.0/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://127.1/',
    'http://[::ffff:7f00:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://224.0.0.1/',
    'http://192.168.50.2:5000/camera/1',
    'http://192.168.50.9:25/',
    'http://192.168.50.9:22/',
    'rtsp://192.168.50.9:6379/',
  ])('is not connected to at %s', async (url) => {
    expect(await refusalOf(url)).toBe('refused')
  })

  it.each(['rtsp://192.168.50.9:554/', 'http://10.0.0.9:8080/', 'rtsp://[fd12::9]/', 'http://192.168.50.2:8080/'])(
    'is connected to at %s',
    async (url) => {
      expect(await refusalOf(url)).toBe('let through')
    },
  )

  it('is let through where its address is listed', async () => {
    listed.push('127.0.0.0/8')
    expect(await refusalOf('http://127.0.0.1:8080/')).toBe('let through')
    expect(await refusalOf('http://127.0.0.1:5000/')).toBe('refused')
    listed.pop()
  })

  it('is checked at the address that is connected to, by whatever name', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    const url = parseCameraUrl('http://localhost:8080/').with({ destinations: onlyCameras(rules) })
    const { lookup } = guardedConnect(url, 8080)
    const found = await new Promise((resolve) =>
      lookup?.('localhost', { all: true }, (error, addresses) => resolve(error ?? addresses)),
    )
    expect(found).toMatchObject({ code: 'refused' })
    server.close()
  })

  it('takes its limits along when the camera refers to another address', () => {
    const destinations = onlyCameras(rules)
    const from = parseCameraUrl('http://10.0.0.9/a').with({ destinations })
    const to = followRedirect(from, 'http://127.0.0.1/', ['http', 'https'])
    expect(to?.destinations).toBe(destinations)
    expect(() => to && guardedConnect(to, 80)).toThrow('is an address of this machine')
  })
})

it('a camera of the file may be anywhere but at the gateway itself', async () => {
  const destinations = notOurselves(rules)
  expect(await refusalOf('http://127.0.0.1:8080/', destinations)).toBe('let through')
  expect(await refusalOf('http://127.0.0.1:5000/camera/1', destinations)).toBe('refused')
  expect(await refusalOf('http://192.168.50.2:5000/', destinations)).toBe('refused')
})
