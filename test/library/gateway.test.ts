import { type ConfigObject, createGateway, openCamera } from 'atalaya'
import { describe, expect, it, vi } from 'vitest'
import { descendants } from '../e2e/gateway-process.ts'
import { JpegDecoder } from '../e2e/jpeg-pixels.ts'

const CLOCK = { url: 'test:clock', width: 320 } as const

describe('a camera without a gateway', () => {
  it('gives pictures, and leaves no process behind', async () => {
    const before = await descendants(process.pid)
    {
      await using camera = await openCamera({ ...CLOCK, name: 'Clock' })
      expect([camera.name, camera.state]).toEqual(['Clock', 'connecting'])
      const picture = await camera.picture()
      expect(new JpegDecoder().decode(picture.data)).toMatchObject({ width: picture.width, height: picture.height })
      expect(picture.width).toBe(320)
      const numbers: number[] = []
      for await (const { sequence } of camera.pictures({ fps: 15 })) if (numbers.push(sequence) === 5) break
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
      expect(new Set(numbers).size).toBe(5)
      expect(camera.state).toBe('live')
    }
    await vi.waitFor(async () => expect(await descendants(process.pid)).toEqual(before))
  })

  it('is not opened with an address that cannot be used', async () => {
    await expect(openCamera('rtsp:/nowhere')).rejects.toMatchObject({ code: 'bad_config', problems: [{}] })
  })
})

describe('a gateway in a program', () => {
  it('has its cameras in the order of the configuration, each one object', async () => {
    await using gateway = await createGateway({ cameras: { door: CLOCK, arena: CLOCK } })
    expect(gateway.cameras.map(({ id }) => id)).toEqual(['door', 'arena'])
    expect(gateway.camera('door')).toBe(gateway.cameras[0])
    expect(() => gateway.camera('roof')).toThrow('There is no camera "roof"; there are: door, arena.')
  })

  it('says all that is wrong with a configuration', async () => {
    const config = { cameras: { a: 'nowhere', b: { ur: 'test:clock' } } } as ConfigObject
    await expect(createGateway(config)).rejects.toMatchObject({ code: 'bad_config', problems: [{}, {}] })
  })

  it('listens where it is told', async () => {
    await using gateway = await createGateway({ cameras: { '1': CLOCK } })
    await gateway.listen(0)
    expect(gateway.address.host).toBe('127.0.0.1')
    const answer = await fetch(`http://127.0.0.1:${gateway.address.port}/camera/1/snapshot`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  })

  it('tells what happens, beginning with the present', async () => {
    await using gateway = await createGateway({ cameras: { '1': CLOCK } })
    const told: string[] = []
    for await (const event of gateway.events()) {
      told.push(event.type === 'state' ? event.state : event.type)
      if (told.includes('live')) break
    }
    expect(told[0]).toBe('hello')
  })

  it('takes another configuration while a loop goes on, keeps what the API added, and refuses what is wrong', async () => {
    await using gateway = await createGateway({ cameras: { '1': CLOCK } })
    await gateway.listen(0)
    const address = `http://127.0.0.1:${gateway.address.port}/api/cameras`
    const headers = { 'Content-Type': 'application/json' }
    await fetch(address, {
      method: 'POST',
      headers,
      body: JSON.stringify({ id: 'added', url: 'test:smpte', connect: 'on-demand' }),
    })
    const camera = gateway.camera('1')
    const sizes: number[] = []
    for await (const { width } of camera.pictures()) {
      sizes.push(width)
      if (sizes.length === 1) {
        const next = { defaults: { quality: 50, height: 90 }, cameras: { '2': 'test:smpte', '1': CLOCK } }
        expect((await gateway.reload(next)).cameras).toEqual({
          added: ['2'],
          changed: ['1', 'added'],
          removed: [],
          reconnected: [],
        })
      }
      if (width === 160 || sizes.length > 100) break
    }
    expect([sizes[0], sizes.at(-1)]).toEqual([320, 160])
    expect([gateway.cameras.map(({ id }) => id), gateway.camera('1') === camera]).toEqual([['1', '2', 'added'], true])
    await expect(gateway.reload({ cameras: { added: CLOCK } })).rejects.toMatchObject({ code: 'bad_config', problems: [{}] })
    expect(gateway.cameras).toHaveLength(3)
  })

  it('ends loops and followers when it closes, and serves nobody afterwards', async () => {
    const gateway = await createGateway({ cameras: { '1': CLOCK } })
    const pictures = (async () => {
      for await (const { sequence } of gateway.camera('1').pictures()) if (sequence < 0) return
    })()
    const events = (async () => {
      for await (const event of gateway.events()) if (event.type === 'reset') return
    })()
    await gateway.camera('1').picture()
    await gateway.close()
    await Promise.all([pictures, events])
    await expect(gateway.listen(0)).rejects.toMatchObject({ code: 'shutting_down' })
  })
})
