import { isatty } from 'node:tty'

/**
 * Remembers which of the standard streams are a terminal. The function that comes back tells, when `SIGHUP` arrives, whether it was sent
 * because the terminal was closed (`true`: nobody is there any more) or by somebody who wants the configuration read again.
 */
export function rememberTerminal(platform: NodeJS.Platform): () => boolean {
  const terminals = STREAMS.filter((descriptor) => isatty(descriptor))
  // Windows sends it for closed consoles only.
  return () => platform === 'win32' || terminals.some((descriptor) => !isatty(descriptor))
}

const STREAMS = [0, 1, 2]
