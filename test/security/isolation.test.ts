import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { bearer, keys } from '../fakes/locked-server.ts'
import { type DeclaredRoute, SecurityLab } from './security-lab.ts'

/** The camera of others, and one that does not exist: as long, so that not even lengths differ. */
const [OTHERS, NOBODYS] = ['hall', 'hull'] as const

describe('whoever has the camera "door" only gets nothing of "hall"', () => {
  let lab: SecurityLab

  beforeAll(async () => {
    lab = await SecurityLab.open()
    lab.locked.parts.metrics.pictureSent('hall', 1)
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  it('by any route, path or parameter that the router knows', async () => {
    let asked = 0
    for (const route of lab.routes) {
      for (const path of pathsOf(route)) {
        const [others, nobodys] = await Promise.all([OTHERS, NOBODYS].map((id) => ask(route, path.replaceAll('CAMERA', id))))
        // metrics count these very questions
        if (route.path !== '/metrics') expect([route.name, path, difference(others, nobodys)]).toEqual([route.name, path, ''])
        expect([path, /hall/i.exec(others ?? '')?.[0]]).toEqual([path, undefined])
        asked++
      }
    }
    expect(asked).toBeGreaterThan(100)
  })

  it('by a body', async () => {
    for (const body of [{ path: '/camera/CAMERA' }, { path: '/camera/CAMERA/snapshot?width=1' }, { path: '/stop/CAMERA' }]) {
      const answers = [OTHERS, NOBODYS].map(async (id) => {
        const { status, text } = await lab.send('POST', '/api/sign', { path: body.path.replace('CAMERA', id) }, { key: 'one' })
        return `${status} ${text.replaceAll(id, 'CAMERA')}`
      })
      expect(await answers[0]).toBe(await answers[1])
    }
  })

  it('by events and by the messages of the wall', async () => {
    const events = await lab.locked.begin('/api/events', bearer('one'))
    const socket = new WebSocket(`ws://127.0.0.1:${lab.port}/api/wall`, { headers: bearer('one') })
    let said = ''
    const hear = (data: unknown) => {
      said += String(data)
    }
    events.on('data', hear)
    socket.on('message', hear)
    await once(socket, 'open')
    for (const [tile, camera] of [OTHERS, NOBODYS, 'door'].entries())
      socket.send(JSON.stringify({ type: 'watch', tile, camera, visible: true }))
    for (const camera of ['hall', 'door']) {
      lab.locked.parts.events.publish({ type: 'state', camera, state: 'stopped', reason: 'on-hold', condition: null })
      lab.locked.parts.events.publish({ type: 'config', camera, change: 'changed' })
    }
    await vi.waitFor(() => {
      expect(said).toContain('"id":"door"')
      expect(said.match(/"camera_not_found"/g)).toHaveLength(2)
      expect(said).toContain('"camera":"door"')
    })
    expect(said).not.toMatch(/hall/i)
    events.destroy()
    socket.terminate()
  })

  it('by a key for a page, which opens pictures of its camera and nothing else', async () => {
    const headers = { referer: 'https://lab.example/' }
    for (const { method, path, action, name } of lab.routes.filter((route) => route.action !== 'public')) {
      const { status, text } = await lab.ask(`${path.replace(/\{\w+\}/, OTHERS)}?embed=${keys.page.key}`, { method, headers })
      const isOwn = action === 'watch' && !path.includes('{id}')
      expect([name, isOwn || status >= 400]).toEqual([name, true])
      expect(text).not.toMatch(/hall/i)
    }
  })

  /** The status and the words of an answer, in which the name that was asked for does not count, nor what changes by itself. */
  async function ask({ method }: DeclaredRoute, path: string): Promise<string> {
    const { status, text, headers } = await lab.ask(path, { method, key: 'one' })
    const isText = /json|text\/(?:html|plain)/.test(headers['content-type'] ?? '')
    const plain = text.replaceAll(new RegExp(`\\b(?:${OTHERS}|${NOBODYS})\\b`, 'g'), (id) => (path.includes(id) ? 'CAMERA' : id))
    return `${status} ${isText ? plain.replaceAll(/-?\d+(?:\.\d+)?|[0-9a-f]{12}|null/g, '0') : ''}`
  }
})

/** Where two texts begin to differ. */
function difference(a = '', b = ''): string {
  if (a === b) return ''
  const at = [...a].findIndex((letter, index) => letter !== b[index])
  return `${a.slice(at - 40, at + 60)} | ${b.slice(at - 40, at + 60)}`
}

function pathsOf({ path, parameters }: DeclaredRoute): string[] {
  const filled = path.replace(/\{\w+\}/, 'CAMERA')
  const names = [...new Set([...parameters, 'camera', 'id', 'src', 'cam', 'name'])]
  return [filled, ...names.map((name) => `${filled}?${name}=CAMERA`)]
}
