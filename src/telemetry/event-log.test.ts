import { expect, it } from 'vitest'
import type { GatewayEvent } from '../api/events.ts'
import { EventLog } from './event-log.ts'

const viewers = (count: number) => ({ type: 'viewers', camera: 'door', viewers: count }) as const

async function take(events: AsyncIterator<GatewayEvent>, count: number): Promise<GatewayEvent[]> {
  const taken: GatewayEvent[] = []
  while (taken.length < count) taken.push((await events.next()).value)
  return taken
}

const told = (events: readonly GatewayEvent[]) => events.map((event) => (event.type === 'viewers' ? event.viewers : event.type))

it('greets, and then tells what happens', async () => {
  const log = new EventLog(() => [])
  log.publish(viewers(1))
  const events = log.follow()
  const greeting = await take(events, 1)
  log.publish(viewers(2))
  log.publish(viewers(3))
  const followed = [...greeting, ...(await take(events, 2))]
  expect(told(followed)).toEqual(['hello', 2, 3])
  expect(followed[2]?.id).toBe((followed[0]?.id ?? 0) + 2)
})

it('repeats what somebody missed who comes back, before it greets', async () => {
  const log = new EventLog(() => [])
  log.publish(viewers(1))
  const [, seen] = await (async () => {
    const events = log.follow()
    const [hello] = await take(events, 1)
    return [events, hello] as const
  })()
  log.publish(viewers(2))
  log.publish(viewers(3))
  expect(told(await take(log.follow(undefined, seen?.id), 3))).toEqual([2, 3, 'hello'])
})

it.each([0, -1, Number.MAX_SAFE_INTEGER, Number.NaN])('resets who comes back with the unknown id %d', async (id) => {
  const log = new EventLog(() => [], 2)
  for (const count of [1, 2, 3]) log.publish(viewers(count))
  expect(told(await take(log.follow(undefined, id), 2))).toEqual(['reset', 'hello'])
})

it('resets a follower that is slower than the list is long', async () => {
  const log = new EventLog(() => [], 3)
  const events = log.follow()
  await take(events, 1)
  for (let count = 0; count < 10; count++) log.publish(viewers(count))
  expect(told(await take(events, 2))).toEqual(['reset', 'hello'])
  log.publish(viewers(42))
  expect(told(await take(events, 1))).toEqual([42])
})

it('ends with its signal and with the gateway', async () => {
  const log = new EventLog(() => [])
  const departure = new AbortController()
  const [leaving, staying] = [log.follow(departure.signal), log.follow()]
  await Promise.all([take(leaving, 1), take(staying, 1)])
  const [left, ended] = [leaving.next(), staying.next()]
  departure.abort()
  expect((await left).done).toBe(true)
  log.close()
  expect((await ended).done).toBe(true)
})

it('has ids that grow from one start of the program to the next', async () => {
  const [first] = await take(new EventLog(() => []).follow(), 1)
  await new Promise((resolve) => setTimeout(resolve, 2))
  const [second] = await take(new EventLog(() => []).follow(), 1)
  expect(second!.id).toBeGreaterThan(first!.id)
})
