import { type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino'
import { LineWriter } from './line-writer.ts'
import { openPrettyStream } from './pretty-stream.ts'

/** How much is logged: everything from this severity up. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

export interface PinoLogOptions {
  readonly level: LogLevel
  /** Lines for people instead of JSON. */
  readonly pretty: boolean
  /** Where lines go instead of standard output. */
  readonly output?: NodeJS.WritableStream
}

/**
 * The log of the command: JSON lines with ISO time for programs, or short lines for people. Errors are written as their
 * code, message and chain of causes, with stacks at level `debug` only.
 */
export function createPinoLog({ level, pretty, output }: PinoLogOptions): Logger {
  const serializeError = (error: unknown) => describeError(error, level === 'debug')
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serializeError, error: serializeError, cause: serializeError },
    redact: { paths: ['password', '*.password', 'authorization', '*.authorization', 'headers.cookie'], censor: '***' },
  }
  return pino(options, pretty ? openPrettyStream(output) : (output ?? new LineWriter(STANDARD_OUTPUT)))
}

const STANDARD_OUTPUT = 1
const MAX_CAUSES = 5

function describeError(error: unknown, withStack: boolean, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const { code } = error as { code?: unknown }
  return {
    ...(typeof code === 'string' && { code }),
    message: error.message,
    ...(withStack && { stack: error.stack }),
    ...(error.cause !== undefined && depth < MAX_CAUSES && { cause: describeError(error.cause, withStack, depth + 1) }),
  }
}
