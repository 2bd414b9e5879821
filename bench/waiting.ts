import { setTimeout as sleep } from 'node:timers/promises'

/** Lets time pass: for warming up and for measuring, not to wait for something. */
export async function pause(seconds: number): Promise<void> {
  await sleep(seconds * 1000)
}

/**
 * Asks again and again until it is true; returns the seconds that this took.
 * @throws {Error} when it is not within the limit.
 */
export async function waitUntil(what: string, isTrue: () => boolean | Promise<boolean>, limitSeconds: number): Promise<number> {
  const began = performance.now()
  for (;;) {
    const isDone = await isTrue()
    const elapsed = (performance.now() - began) / 1000
    if (isDone) return elapsed
    if (elapsed > limitSeconds) throw new Error(`${what}: not within ${limitSeconds} s`)
    await sleep(POLL_MS)
  }
}

const POLL_MS = 5
