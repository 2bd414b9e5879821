import type { ConfigPath, TextProblem } from './config-document.ts'
import type { ConfigProblem } from './config-error.ts'
import type { Findings, ProblemPart } from './findings.ts'
import { CAMERA_ID, configKeys, cropSchema, tlsSchema } from './schema.ts'

interface Place {
  readonly line: number
  readonly column: number
}

/**
 * Collects problems and warnings, each at its place. A value that could not even be read is not complained about twice:
 * what is unread silences the later problems at its path, below it, and above it (where it seems to be missing).
 */
export class ConfigFindings implements Findings {
  readonly #file: string | undefined
  readonly #findPlace: (path: ConfigPath, part: 'key' | 'value') => Place | undefined
  readonly #problems: ConfigProblem[] = []
  readonly #warnings: ConfigProblem[] = []
  /** Paths that could not be read, and the paths above them, joined. */
  readonly #unread = new Set<string>()
  readonly #aboveUnread = new Set<string>()

  /** @param file as the user named it, where there is one. */
  constructor(file: string | undefined, findPlace: (path: ConfigPath, part: 'key' | 'value') => Place | undefined) {
    this.#file = file
    this.#findPlace = findPlace
  }

  /** In the order of the file. */
  get problems(): readonly ConfigProblem[] {
    return this.#problems.toSorted(byPlace)
  }

  get warnings(): readonly ConfigProblem[] {
    return this.#warnings.toSorted(byPlace)
  }

  /** Takes over what the text itself is wrong about. */
  textProblem({ path, line, column, message, isUnread }: TextProblem): void {
    if (isUnread) {
      this.#unread.add(joined(path))
      for (let depth = 1; depth < path.length; depth++) this.#aboveUnread.add(joined(path.slice(0, depth)))
    }
    this.#problems.push({ file: this.#file, line, column, message: labelled(path, message, false) })
  }

  problem(path: ConfigPath, message: string, part: ProblemPart = 'value'): void {
    const isFollowUp =
      this.#aboveUnread.has(joined(path)) || path.some((_, depth) => this.#unread.has(joined(path.slice(0, depth + 1))))
    if (!isFollowUp) this.#problems.push(this.#locate(path, message, part))
  }

  warning(path: ConfigPath, message: string): void {
    this.#warnings.push(this.#locate(path, message, 'key'))
  }

  #locate(path: ConfigPath, message: string, part: ProblemPart): ConfigProblem {
    let place: Place | undefined
    for (let depth = path.length; depth > 0 && !place; depth--) {
      place = this.#findPlace(path.slice(0, depth), part === 'value' ? 'value' : 'key')
    }
    if (this.#file !== undefined) place ??= { line: 1, column: 1 }
    return {
      file: this.#file,
      line: place?.line,
      column: place?.column,
      message: labelled(path, message, part === 'key'),
    }
  }
}

const KNOWN_WORDS = new Set([
  ...Object.values(configKeys()).flatMap((keys) => keys.flatMap((key) => key.split('.'))),
  ...Object.keys(cropSchema.shape),
  ...Object.keys(tlsSchema.shape),
])

/** Names known keys, camera ids and positions in lists. Another key is named only when the message is about its spelling. */
function labelled(path: ConfigPath, message: string, namesLast: boolean): string {
  const shown = path.map((key, depth) => {
    const isCameraId = depth === 1 && path[0] === 'cameras'
    const isNamed = isCameraId || KNOWN_WORDS.has(key) || (namesLast && depth === path.length - 1)
    return (isNamed && CAMERA_ID.test(key)) || /^\d{1,4}$/.test(key) ? key : '(key)'
  })
  return path.length === 0 ? message : `${shown.join('.')}: ${message}`
}

function joined(path: ConfigPath): string {
  return path.join('\0')
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
