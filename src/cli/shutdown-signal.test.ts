import { EventEmitter } from 'node:events'
import { expect, it, vi } from 'vitest'
import { ShutdownSignal } from './shutdown-signal.ts'

it('waits for the first signal, and the second ends everything at once', async () => {
  const signals = new EventEmitter()
  const atOnce = vi.fn()
  const shutdown = new ShutdownSignal(signals, atOnce)
  signals.emit('SIGTERM', 'SIGTERM')
  expect(await shutdown.received).toBe('SIGTERM')
  expect(atOnce).not.toHaveBeenCalled()
  signals.emit('SIGINT', 'SIGINT')
  expect(atOnce).toHaveBeenCalledOnce()
  shutdown[Symbol.dispose]()
  expect(signals.listenerCount('SIGINT') + signals.listenerCount('SIGTERM')).toBe(0)
})

it('takes the end of its terminal for a wish to end, and another hang-up for none', async () => {
  const signals = new EventEmitter()
  const isHangUpTheEnd = vi.fn().mockReturnValueOnce(false).mockReturnValue(true)
  using shutdown = new ShutdownSignal(signals, () => undefined, isHangUpTheEnd)
  signals.emit('SIGHUP', 'SIGHUP')
  expect(await Promise.race([shutdown.received, Promise.resolve('nothing')])).toBe('nothing')
  signals.emit('SIGHUP', 'SIGHUP')
  expect(await shutdown.received).toBe('SIGHUP')
})
