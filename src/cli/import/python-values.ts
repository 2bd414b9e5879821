import { joinTemplates, literalOf, type Template } from './template.ts'

/** What a Python expression is worth, as far as it can be told without running it. */
export type PythonValue =
  | { readonly kind: 'text'; readonly template: Template }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'word'; readonly word: 'True' | 'False' | 'None' }
  | { readonly kind: 'list'; readonly items: readonly PythonValue[]; readonly line: number }
  | { readonly kind: 'dict'; readonly entries: readonly PythonEntry[]; readonly line: number }
  | { readonly kind: 'unknown'; readonly why: string; readonly line: number }

export interface PythonEntry {
  readonly key: PythonValue
  readonly value: PythonValue
  readonly line: number
}

export function textValue(...template: Template): PythonValue {
  return { kind: 'text', template }
}

export function unknownValue(why: string, line: number): PythonValue {
  return { kind: 'unknown', why, line }
}

/** As `str()` shows it; undefined for what has no text here. */
export function templateOf(value: PythonValue | undefined): Template | undefined {
  if (value?.kind === 'text') return value.template
  return value?.kind === 'number' ? [value.text] : undefined
}

/** The entry of a dict or a list, by a literal key or a position. */
export function itemOf(container: PythonValue, key: PythonValue): PythonValue | undefined {
  const wanted = templateOf(key)
  const text = wanted && literalOf(wanted)
  if (text === undefined) return undefined
  if (container.kind === 'list') return container.items[Number(text)]
  if (container.kind !== 'dict') return undefined
  return container.entries.find((entry) => entry.key.kind === key.kind && literalOf(templateOf(entry.key) ?? []) === text)?.value
}

/** `"…%s…" % values` (Library Reference, printf-style formatting), as far as cameras' addresses use it. */
export function formatPercent(format: Template, argument: PythonValue): Template | undefined {
  const positional = argument.kind === 'list' ? [...argument.items] : [argument]
  let isKnown = true
  const fill = (_: string, name: string | undefined, width: string): Template => {
    const value = name === undefined ? positional.shift() : itemOf(argument, textValue(name))
    const template = templateOf(value)
    isKnown &&= template !== undefined
    return padded(template ?? [], width)
  }
  const filled = format.map((part) => (typeof part === 'string' ? expand(part, PERCENT, fill) : [part]))
  return isKnown ? joinTemplates(...filled) : undefined
}

const PERCENT = /%(?:\((\w+)\))?(0?\d*)[sd]|%%/g

/** `"…{}…{name}…{0}".format(…)`. */
export function formatBraces(
  format: Template,
  positional: readonly PythonValue[],
  named: ReadonlyMap<string, PythonValue>,
): Template | undefined {
  let isKnown = true
  let next = 0
  const fill = (_: string, field: string | undefined, width: string | undefined): Template => {
    const value = !field ? positional[next++] : /^\d+$/.test(field) ? positional[Number(field)] : named.get(field)
    const template = templateOf(value)
    isKnown &&= template !== undefined
    return padded(template ?? [], width ?? '')
  }
  const filled = format.map((part) => (typeof part === 'string' ? expand(part, BRACES, fill) : [part]))
  return isKnown ? joinTemplates(...filled) : undefined
}

const BRACES = /\{(\w*)(?::(0?\d*)d?)?\}|\{\{|\}\}/g

/** Replaces every find by a template. `%%`, `{{` and `}}` stand for one sign. */
function expand(
  text: string,
  pattern: RegExp,
  fill: (whole: string, name: string | undefined, width: string) => Template,
): Template {
  const parts: Template[] = []
  let from = 0
  for (const match of text.matchAll(pattern)) {
    parts.push([text.slice(from, match.index)])
    const isDoubled = match[0].length === 2 && match[0][0] === match[0][1]
    parts.push(isDoubled ? [match[0][0] ?? ''] : fill(match[0], match[1], match[2] ?? ''))
    from = match.index + match[0].length
  }
  return joinTemplates(...parts, [text.slice(from)])
}

function padded(template: Template, width: string): Template {
  const text = literalOf(template)
  return text === undefined || !width ? template : [text.padStart(Number(width), width.startsWith('0') ? '0' : ' ')]
}
