import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLError,
} from 'yaml'
import { maskPlaceholders, unmaskPlaceholders } from './placeholder-mask.ts'
import { plainScalarTrap } from './plain-scalar.ts'

/** The keys that lead to a value, from the outside in. */
export type ConfigPath = readonly string[]

/** Something that is wrong with the text; line and column count from 1. */
export interface TextProblem {
  readonly path: ConfigPath
  readonly line: number
  readonly column: number
  readonly message: string
  /** The value at this path could not be read, so that it says nothing about what else is wrong there. */
  readonly isUnread: boolean
}

/** A configuration taken apart into objects, lists and text. */
export interface ConfigDocument {
  /** Objects have no prototype; every scalar is a string, exactly as the file has it. */
  readonly value: unknown
  /** The ids under `cameras`, in the order of the file. */
  readonly cameraIds: readonly string[]
  /** What the text itself is wrong about. With a problem of syntax, `value` is not to be used. */
  readonly problems: readonly TextProblem[]
  readonly hasSyntaxProblem: boolean
  /** Where a key stands, or the value behind it. */
  place(path: ConfigPath, part: 'key' | 'value'): { line: number; column: number } | undefined
}

/** Turns a scalar's text into its value, or says what is wrong with it. */
export type ScalarReader = (text: string, path: ConfigPath) => { value: string } | { problem: string }

/** Reads YAML 1.2 or JSON text. Never throws for what is in the text, and no sentence repeats any of it but plain keys. */
export function readConfigDocument(text: string, readScalar: ScalarReader): ConfigDocument {
  return new DocumentReader(text, readScalar).read()
}

class DocumentReader {
  readonly #text: string
  readonly #readScalar: ScalarReader
  readonly #lines = new LineCounter()
  readonly #places = new Map<string, { key: number; value: number }>()
  readonly #problems: TextProblem[] = []
  #hasSyntaxProblem = false

  constructor(text: string, readScalar: ScalarReader) {
    this.#text = text
    this.#readScalar = readScalar
  }

  read(): ConfigDocument {
    const documents = parseAllDocuments(maskPlaceholders(this.#text), {
      lineCounter: this.#lines,
      schema: 'failsafe', // every scalar stays text
      uniqueKeys: false, // checked below, where 1 and "1" are the same
      prettyErrors: false, // they quote the file, passwords included
      keepSourceTokens: true,
      logLevel: 'silent',
    })
    const [document, second] = 'empty' in documents ? [] : documents
    for (const error of document?.errors.slice(0, 5) ?? []) this.#syntaxProblem(error)
    if (second && !this.#hasSyntaxProblem) {
      this.#problem(second.range[0], [], 'a second document begins here (---): write everything in one')
      this.#hasSyntaxProblem = true
    }
    const value = document?.contents && !this.#hasSyntaxProblem ? this.#value(document.contents, []) : undefined
    const cameras = isMap(document?.contents)
      ? document.contents.items.find((pair) => keyText(pair) === 'cameras')?.value
      : undefined
    return {
      value,
      cameraIds: isMap(cameras) ? [...new Set(cameras.items.map(keyText).filter((id) => id !== undefined))] : [],
      problems: this.#problems,
      hasSyntaxProblem: this.#hasSyntaxProblem,
      place: (path, part) => {
        const offset = this.#places.get(path.join('\0'))?.[part]
        return offset === undefined ? undefined : this.#place(offset)
      },
    }
  }

  #value(node: unknown, path: ConfigPath): unknown {
    const { range, tag, anchor } = (node ?? {}) as Partial<Node> & { anchor?: string } // `{ key }` has no node
    const start = range?.[0] ?? this.#places.get(path.join('\0'))?.key ?? 0
    if (isAlias(node) || anchor) {
      return this.#problem(
        start,
        path,
        'anchors and aliases (& and *) are not taken: write the value itself, in quotes if it begins so',
      )
    }
    if (tag) return this.#problem(start, path, 'tags (!) are not taken: put the value in quotes if it begins with !')
    if (isScalar(node)) return this.#scalar(node, path)
    if (isSeq(node)) return node.items.map((item, index) => this.#item(item, [...path, String(index)]))
    if (isMap(node)) return this.#mapping(node.items, path)
    return this.#problem(start, path, NO_VALUE)
  }

  #item(node: unknown, path: ConfigPath): unknown {
    const offset = (node as Partial<Node>)?.range?.[0] ?? 0
    this.#places.set(path.join('\0'), { key: offset, value: offset })
    return this.#value(node, path)
  }

  #mapping(pairs: readonly Pair[], path: ConfigPath): Record<string, unknown> {
    const result: Record<string, unknown> = Object.create(null)
    const first = new Map<string, number>()
    for (const pair of pairs) {
      const start = (pair.key as Partial<Node>)?.range?.[0] ?? 0
      const key = keyText(pair)
      const isCamera = path.length === 1 && path[0] === 'cameras'
      if (key === undefined || (pair.key as Scalar).anchor || (pair.key as Scalar).tag) {
        this.#keyProblem(start, path, 'this key is no plain word: put it in quotes')
        continue
      }
      const line = this.#place(start).line
      const trap = isPlain(pair.key) && key !== '<<' ? plainScalarTrap(key) : undefined
      if (key === '__proto__') this.#keyProblem(start, path, 'this name is not possible')
      else if (key === '<<') this.#keyProblem(start, path, 'merge keys (<<) are not taken: write the settings themselves')
      else if (trap) this.#keyProblem(start, path, trap)
      else if (first.has(key)) {
        const what = isCamera ? 'a camera with this id' : 'this key'
        this.#keyProblem(
          start,
          [...path, key],
          `${what} is there already, in line ${first.get(key)}: ${isCamera ? 'choose another id' : 'keep one of them'}`,
        )
      } else {
        const full = [...path, key]
        first.set(key, line)
        this.#places.set(full.join('\0'), { key: start, value: (pair.value as Partial<Node>)?.range?.[0] ?? start })
        result[key] = this.#value(pair.value, full)
      }
    }
    return result
  }

  #scalar(node: Scalar, path: ConfigPath): string | undefined {
    const start = node.range?.[0] ?? 0
    const token = node.srcToken as { source?: string; end?: readonly { type: string; source: string }[] } | undefined
    const text = unmaskPlaceholders(String(node.value))
    const isFlow = node.type === 'PLAIN' || node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE'
    if (isFlow && token?.source?.includes('\n')) {
      return this.#problem(
        start,
        path,
        'the value goes on in the next line: write it in one line (does the next line lack a space after its colon?)',
      )
    }
    if (isPlain(node)) {
      const keyOffset = this.#places.get(path.join('\0'))?.key
      if (text === '') return this.#problem(keyOffset ?? start, path, NO_VALUE)
      const trap = plainScalarTrap(text) ?? commentTrap(path, text, token?.end ?? [])
      if (trap) return this.#problem(start, path, trap)
    }
    const read = this.#readScalar(text, path)
    if ('problem' in read) return this.#problem(start, path, read.problem)
    return read.value
  }

  #syntaxProblem(error: YAMLError): void {
    this.#hasSyntaxProblem = true
    const { line } = this.#place(error.pos[0])
    if (this.#problems.some((problem) => problem.line === line)) return // the rest of the same stumble
    this.#problem(error.pos[0], [], SYNTAX[error.code] ?? OTHER_SYNTAX)
  }

  #problem(offset: number, path: ConfigPath, message: string): undefined {
    this.#problems.push({ ...this.#place(offset), path, message, isUnread: true })
  }

  #keyProblem(offset: number, path: ConfigPath, message: string): void {
    this.#problems.push({ ...this.#place(offset), path, message, isUnread: false })
  }

  #place(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
}

function keyText(pair: Pair): string | undefined {
  return isScalar(pair.key) ? unmaskPlaceholders(String(pair.key.value)) : undefined
}

function isPlain(node: unknown): boolean {
  return isScalar(node) && node.type === 'PLAIN'
}

/**
 * `password: a #b` is the password `a` and a comment to YAML. A comment behind a bare `${NAME}` cannot be part of it, nor
 * can one behind an address, unless it holds the `@` that credentials end with.
 */
function commentTrap(path: ConfigPath, text: string, end: readonly { type: string; source: string }[]): string | undefined {
  const newline = end.findIndex(({ type }) => type === 'newline')
  const comment = end.slice(0, newline < 0 ? end.length : newline).find(({ type }) => type === 'comment')
  if (!comment || /^\$\{[^{}]*\}$/.test(text)) return undefined
  const key = path.at(-1) ?? ''
  const isCameraText =
    path[0] === 'cameras' && (path.length === 2 || ['url', 'rtsp', 'user', 'password', 'name', 'ip'].includes(key))
  const isTight = !/^#\s/.test(comment.source) && comment.source !== '#'
  const isCredential = key === 'user' || key === 'password'
  if (!isCameraText || !(isTight || isCredential || comment.source.includes('@'))) return undefined
  return 'an unquoted value followed by # is cut off there: put the value in quotes (and a comment on a line of its own)'
}

const NO_VALUE = 'has no value: write one, or remove the line'

const OTHER_SYNTAX =
  'this is no valid YAML: look for a missing colon, a missing space after a colon, or a value that needs quotes because of one of : # { } [ ] , & * ! | > @ ` % or a quote in it'

const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab is not taken as indentation in YAML: use spaces',
  BAD_INDENT: 'the indentation is not right, or a closing bracket is missing',
  BAD_DQ_ESCAPE: 'a backslash in "…" begins an escape that YAML does not know: write the value in single quotes',
  BAD_SCALAR_START: 'a value cannot begin with this character: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon makes another key of this: put the value in quotes, or begin a new line',
  MULTILINE_IMPLICIT_KEY: 'a key goes over two lines: is a colon missing?',
  BAD_ALIAS: 'a value that begins with * is an alias to YAML: put it in quotes',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
}
