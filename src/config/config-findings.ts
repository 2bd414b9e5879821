import type { ConfigPath, TextProblem } from './config-document.ts'
import type { ConfigProblem } from './config-error.ts'
import type { Findings } from './findings.ts'

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
  readonly #unread: ConfigPath[] = []

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
    if (isUnread) this.#unread.push(path)
    this.#problems.push({ file: this.#file, line, column, message: labelled(path, message) })
  }

  problem(path: ConfigPath, message: string, part: 'key' | 'value' = 'value'): void {
    const isFollowUp = path.length > 0 && this.#unread.some((unread) => isWithin(path, unread) || isWithin(unread, path))
    if (!isFollowUp) this.#problems.push(this.#locate(path, message, part))
  }

  warning(path: ConfigPath, message: string): void {
    this.#warnings.push(this.#locate(path, message, 'key'))
  }

  #locate(path: ConfigPath, message: string, part: 'key' | 'value'): ConfigProblem {
    let place: Place | undefined
    for (let depth = path.length; depth > 0 && !place; depth--) place = this.#findPlace(path.slice(0, depth), part)
    if (this.#file !== undefined) place ??= { line: 1, column: 1 }
    return { file: this.#file, line: place?.line, column: place?.column, message: labelled(path, message) }
  }
}

/** Keys are named, but only those that look like one: a password can end up in the place of a key. */
function labelled(path: ConfigPath, message: string): string {
  const shown = path.map((key) => (/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/.test(key) ? key : '(key)'))
  return path.length === 0 ? message : `${shown.join('.')}: ${message}`
}

function isWithin(inner: ConfigPath, outer: ConfigPath): boolean {
  return outer.every((key, index) => inner[index] === key)
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
