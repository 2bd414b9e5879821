import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { TestCamera } from '../../test/fakes/test-camera.ts'
import { AtalayaError } from '../api/errors.ts'
import type { GatewayNews } from '../api/events.ts'
import { EventLog } from '../telemetry/event-log.ts'
import { CameraNews } from './camera-news.ts'

let published: GatewayNews[]
let news: CameraNews
let door: TestCamera

beforeEach(() => {
  published = []
  const log = new EventLog(() => [])
  vi.spyOn(log, 'publish').mockImplementation((event) => void published.push(event))
  news = new CameraNews(log)
  door = new TestCamera({ id: 'door' }, news.onChange)
})

afterEach(async () => {
  news[Symbol.dispose]()
  await door.camera.stop()
})

const told = () => published.map((event) => (event.type === 'state' ? `${event.state} ${event.reason}` : event.type))

it('tells each state once, with its reason', async () => {
  await door.goLive()
  door.source.packet()
  door.source.fail(new AtalayaError('refused'))
  await vi.waitFor(() => expect(door.camera.state).toBe('offline'))
  await door.camera.stop()
  expect(told()).toEqual(['connecting null', 'live null', 'offline refused', 'stopped on-hold'])
})
