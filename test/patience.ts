import { vi } from 'vitest'

/** Milliseconds that a state is waited for where a test names no bound of its own: machines that test are often busy. */
const PATIENCE_MS = 15_000

const { waitFor } = vi
vi.waitFor = (callback, bound = PATIENCE_MS) => {
  const options = typeof bound === 'number' ? { timeout: bound } : { timeout: PATIENCE_MS, ...bound }
  return waitFor(callback, options)
}
