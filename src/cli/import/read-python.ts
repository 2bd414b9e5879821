import type { ImportNote } from './imported-config.ts'
import { PythonExpression } from './python-expression.ts'
import { type PythonLine, type PythonToken, readPythonLines } from './python-tokens.ts'
import { type PythonEntry, type PythonValue, templateOf, unknownValue } from './python-values.ts'
import { literalOf } from './template.ts'

/** The assignments of a Python file, as far as they can be told without running it. */
export interface PythonModule {
  /** By name, in the order of the file. */
  readonly values: ReadonlyMap<string, { readonly value: PythonValue; readonly line: number }>
  /** Names that others are made of. */
  readonly used: ReadonlySet<string>
  readonly notes: readonly ImportNote[]
}

/**
 * Reads the top level of a Python file and of its classes: `NAME = …` and `NAME[…] = …`. Loops and conditions are passed
 * over, and said; functions have nothing to do with a configuration.
 */
export function readPython(source: string): PythonModule {
  const values = new Map<string, { value: PythonValue; line: number }>()
  const used = new Set<string>()
  const notes: ImportNote[] = []
  const names = (name: string) => {
    if (values.has(name)) used.add(name)
    return values.get(name)?.value
  }
  for (const { line, tokens } of statementsOf(readPythonLines(source))) {
    const assignment = splitAssignment(tokens)
    const message = assignment ? assign(assignment, line) : describe(tokens, values)
    if (message) notes.push({ line, message })
  }
  return { values, used, notes }

  function assign({ target, key, expression }: Assignment, line: number): undefined {
    const value = new PythonExpression(expression, names).read()
    if (key === undefined) {
      values.set(target, { value, line })
      return
    }
    const container = values.get(target)
    const entry: PythonEntry = { key: new PythonExpression(key, names).read(), value, line }
    if (container?.value.kind !== 'dict')
      values.set(target, { value: unknownValue('it is filled entry by entry, but is no dict here', line), line })
    else values.set(target, { ...container, value: { ...container.value, entries: withEntry(container.value.entries, entry) } })
  }
}

/** The lines of the file itself and of the bodies of its classes. */
function* statementsOf(lines: readonly PythonLine[]): Generator<PythonLine> {
  /** The indentation of the class that is being read: undefined outside, null until its first line tells it. */
  let body: number | null | undefined
  for (const line of lines) {
    const isClass = line.tokens[0]?.text === 'class'
    if (line.indent === 0) body = isClass ? null : undefined
    else if (body === null) body = line.indent
    if (!isClass && (line.indent === 0 || line.indent === body)) yield line
  }
}

interface Assignment {
  readonly target: string
  /** What stands between the brackets of `NAME[…] = …`. */
  readonly key: readonly PythonToken[] | undefined
  readonly expression: readonly PythonToken[]
}

function splitAssignment(tokens: readonly PythonToken[]): Assignment | undefined {
  const equals = tokens.findIndex(({ kind, text }) => kind === 'operator' && text === '=')
  const [name, second] = tokens
  if (equals < 1 || name?.kind !== 'name' || BLOCKS.has(name.text)) return undefined
  const expression = tokens.slice(equals + 1)
  if (equals === 1 || second?.text === ':') return { target: name.text, key: undefined, expression }
  if (second?.text === '[' && tokens[equals - 1]?.text === ']')
    return { target: name.text, key: tokens.slice(2, equals - 1), expression }
  return undefined
}

/** A later entry takes the place of an earlier one with the same key. */
function withEntry(entries: readonly PythonEntry[], entry: PythonEntry): PythonEntry[] {
  const key = literalOf(templateOf(entry.key) ?? [])
  return [...entries.filter((other) => literalOf(templateOf(other.key) ?? []) !== key), entry]
}

/** What may fill cameras when it is run. */
const BLOCKS: ReadonlySet<string> = new Set(['if', 'elif', 'else', 'for', 'while', 'try', 'except', 'finally', 'with'])

/** A sentence about a line that is passed over and could matter. */
function describe(tokens: readonly PythonToken[], values: ReadonlyMap<string, unknown>): string | undefined {
  const [first, second] = tokens
  if (first?.kind !== 'name') return undefined
  if (first.text === 'load_dotenv' || first.text === 'dotenv')
    return 'the variables of .env are not read: put them into the environment of atalaya, for example with EnvironmentFile= of systemd'
  if (BLOCKS.has(first.text))
    return second?.text === '__name__' ? undefined : `what stands in this "${first.text}" is not run, and not carried over`
  return values.has(first.text) ? `what is done here to ${first.text} is not run, and not carried over` : undefined
}
