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

/** Reads the top level of a Python file: `NAME = …` and `NAME[…] = …`. Loops, conditions and functions are passed over, and said. */
export function readPython(source: string): PythonModule {
  const values = new Map<string, { value: PythonValue; line: number }>()
  const used = new Set<string>()
  const notes: ImportNote[] = []
  const names = (name: string) => {
    if (values.has(name)) used.add(name)
    return values.get(name)?.value
  }
  for (const line of readPythonLines(source)) {
    const first = line.tokens[0]
    if (line.indent > 0 || !first || isSilent(line)) continue
    const assignment = splitAssignment(line.tokens)
    if (!assignment) notes.push({ line: line.line, message: describe(first) })
    else assign(assignment, line.line)
  }
  return { values, used, notes }

  function assign({ target, key, expression }: Assignment, line: number): void {
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

interface Assignment {
  readonly target: string
  /** What stands between the brackets of `NAME[…] = …`. */
  readonly key: readonly PythonToken[] | undefined
  readonly expression: readonly PythonToken[]
}

function splitAssignment(tokens: readonly PythonToken[]): Assignment | undefined {
  const equals = tokens.findIndex(({ kind, text }) => kind === 'operator' && text === '=')
  const [name, second] = tokens
  if (equals < 1 || name?.kind !== 'name') return undefined
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

/** Imports and lone texts, which are comments, mean nothing to cameras. */
function isSilent({ tokens: [first, ...others] }: PythonLine): boolean {
  return (
    first?.text === 'import' ||
    first?.text === 'from' ||
    (first?.kind === 'string' && others.length === 0) ||
    first?.text === 'pass'
  )
}

const BLOCKS: ReadonlySet<string> = new Set([
  'if',
  'elif',
  'else',
  'for',
  'while',
  'try',
  'except',
  'finally',
  'with',
  'def',
  'class',
  'async',
])

function describe(first: PythonToken): string {
  if (first.text === 'load_dotenv' || first.text === 'dotenv')
    return 'the variables of .env are not read: put them into the environment of atalaya, for example with EnvironmentFile= of systemd'
  if (first.kind === 'name' && BLOCKS.has(first.text))
    return `what stands in this "${first.text}" is not run, and not carried over`
  return 'this line is not understood, and not carried over'
}
