import { type MessageFormatFunc, PinoPretty } from 'pino-pretty'

/**
 * Turns JSON log lines into short ones for a terminal, in this very thread: `12:30:45 WARN  door  offline  reason=refused`.
 * Control characters, which a camera could send in the text of an error, are shown and not obeyed.
 * @param output standard output where it is left out.
 */
export function openPrettyStream(output?: NodeJS.WritableStream): NodeJS.WritableStream {
  return PinoPretty({
    sync: true,
    destination: output ?? 1,
    colorize: output === undefined && process.stdout.isTTY && !process.env['NO_COLOR'],
    customColors: 'message:reset',
    hideObject: true,
    customPrettifiers: { time: () => '', level: () => '' }, // set below, without the colon that would follow
    messageFormat: (line, messageKey, _label, { colors }) => {
      const { level, time, camera, err, error, [messageKey]: message, ...rest } = line
      const failure = toErrorLine(err ?? error)
      const words = [
        colors.gray(new Date(String(time)).toTimeString().slice(0, 8)),
        ` ${LABELS[String(level)]?.(colors) ?? String(level)} `,
        camera === undefined ? '' : `${colors.bold(printable(String(camera)))}  `,
        printable(String(message ?? '')),
        failure ? `: ${printable(causeChain(failure))}` : '',
        ...Object.entries(rest).map(([key, value]) => colors.gray(`  ${key}=${printable(formatValue(value))}`)),
        failure?.stack ? `\n${printable(failure.stack, /[^\P{Cc}\n]/gu)}` : '',
      ]
      return words.join('')
    },
  })
}

type Colours = Parameters<MessageFormatFunc>[3]['colors']

/** Labels of one width, so that they make a column. */
const LABELS: Readonly<Record<string, (colours: Colours) => string>> = {
  debug: (colours) => colours.gray('debug'),
  info: (colours) => colours.green('info '),
  warn: (colours) => colours.yellow('WARN '),
  error: (colours) => colours.red('ERROR'),
}

interface ErrorLine {
  readonly code: string | undefined
  readonly message: string
  readonly stack: string | undefined
  readonly cause: ErrorLine | undefined
}

/** A field may hold anything; a line that cannot be formatted would end the log for good. */
function toErrorLine(value: unknown): ErrorLine | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object') return { code: undefined, message: String(value), stack: undefined, cause: undefined }
  const { code, message, stack, cause } = value as Readonly<Record<string, unknown>>
  return {
    code: typeof code === 'string' ? code : undefined,
    message: typeof message === 'string' ? message : JSON.stringify(value),
    stack: typeof stack === 'string' ? stack : undefined,
    cause: toErrorLine(cause),
  }
}

function causeChain({ code, message, cause }: ErrorLine): string {
  const isSystemCode = code !== undefined && /^[A-Z]/.test(code) // our own codes say what the message says
  const own = isSystemCode && !message.includes(code) ? `${message} (${code})` : message
  if (cause === undefined || (cause.code && message.includes(cause.code))) return own // said already
  return `${own} ← ${causeChain(cause)}`
}

function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}

function printable(text: string, unwanted = /\p{Cc}/gu): string {
  return text.replace(unwanted, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
