import { type PythonToken, readPythonLines } from './python-tokens.ts'
import {
  formatBraces,
  formatPercent,
  itemOf,
  type PythonEntry,
  type PythonValue,
  templateOf,
  textValue,
  unknownValue,
} from './python-values.ts'
import { joinTemplates, literalOf, type Template } from './template.ts'

/** What names stand for; the reader asks only for those that the expression uses. */
export type PythonNames = (name: string) => PythonValue | undefined

/**
 * Works out literals, names, `+`, `%`, `.format()`, f-strings, dicts and lists, and what is taken from the environment.
 * Nothing is run: whatever else stands there is unknown.
 */
export class PythonExpression {
  readonly #tokens: readonly PythonToken[]
  readonly #names: PythonNames
  #at = 0

  constructor(tokens: readonly PythonToken[], names: PythonNames) {
    this.#tokens = tokens
    this.#names = names
  }

  /** The value of the whole; unknown when something is left over. */
  read(): PythonValue {
    const value = this.#sum()
    const rest = this.#tokens[this.#at]
    if (!rest) return value
    // What is no sign and no keyword may be a secret that somebody forgot to quote.
    const isTold = rest.kind === 'operator' || KEYWORDS.has(rest.text)
    return unknownValue(isTold ? `what begins at "${rest.text}" is not understood` : 'it is not understood', rest.line)
  }

  #sum(): PythonValue {
    let value = this.#product()
    while (this.#takes('+')) value = this.#add(value, this.#product())
    if (this.#takes('or')) value = this.#alternative(value, this.#sum())
    return value
  }

  #product(): PythonValue {
    let value = this.#postfix()
    while (this.#takes('%')) value = this.#percent(value, this.#postfix())
    return value
  }

  #postfix(): PythonValue {
    const path = this.#dottedName()
    let value = path.length > 0 ? this.#named(path) : this.#atom()
    for (;;) {
      if (this.#takes('[')) value = this.#index(value)
      else if (this.#takes('.')) value = this.#method(value)
      else return value
    }
  }

  /** `os.environ.get`, `USER`; the parenthesis or bracket behind it comes later. */
  #dottedName(): string[] {
    const path: string[] = []
    while (this.#peek()?.kind === 'name') {
      path.push(this.#next()?.text ?? '')
      if (this.#peek()?.text !== '.' || this.#tokens[this.#at + 1]?.kind !== 'name') break
      // A method of a known text is no part of the name: `URL.format(…)`.
      if (path.length === 1 && this.#names(path[0] ?? '')) break
      this.#at++
    }
    return path
  }

  #named(path: readonly string[]): PythonValue {
    const name = path.join('.')
    const line = this.#line
    if (name === 'True' || name === 'False' || name === 'None') return { kind: 'word', word: name }
    if (ENVIRONMENT.has(name) && this.#takes('[')) {
      const variable = this.#sum()
      this.#takes(']')
      return this.#variable([variable])
    }
    if (this.#peek()?.text !== '(') return this.#names(name) ?? unknownValue(`the name ${name} is not known`, line)
    this.#at++
    const { positional, named } = this.#arguments()
    if (GETTERS.has(name)) return this.#variable(positional)
    const last = path.at(-1) ?? ''
    const [first = unknownValue('nothing', line)] = positional
    if (QUOTERS.has(last)) return this.#quoted(first)
    if (last === 'str' || last === 'int' || last === 'Path') return templateOf(first) ? first : unknownValue('a call', line)
    if (last === 'dict')
      return { kind: 'dict', line, entries: [...named].map(([key, value]) => ({ key: textValue(key), value, line })) }
    return unknownValue(`the call of ${name}() is not run`, line)
  }

  /** A text from the environment. Its default can be kept where it is plain text. */
  #variable([name, fallback]: readonly PythonValue[]): PythonValue {
    const variable = name && literalOf(templateOf(name) ?? [])
    if (!variable || !/^[A-Za-z_]\w*$/.test(variable))
      return unknownValue('the name of an environment variable is not plain', this.#line)
    const template = templateOf(fallback)
    return textValue({ variable, fallback: template && literalOf(template) })
  }

  /** Our own substitution encodes what it puts into an address, so that only literal text has to be encoded here. */
  #quoted(value: PythonValue): PythonValue {
    const template = templateOf(value)
    if (!template) return value
    return textValue(...template.map((part) => (typeof part === 'string' ? encodeURIComponent(part) : part)))
  }

  #atom(): PythonValue {
    const token = this.#next()
    if (token?.kind === 'string') return this.#strings(token)
    if (token?.kind === 'number') return { kind: 'number', text: token.text }
    if (token?.text === '{') return this.#braces(token.line)
    if (token?.text === '[') return { kind: 'list', items: this.#items(']'), line: token.line }
    if (token?.text === '(') return this.#parenthesis(token.line)
    return unknownValue(token ? `"${token.text}" is not understood` : 'something is missing', token?.line ?? this.#line)
  }

  /** Texts side by side are one. */
  #strings(first: PythonToken): PythonValue {
    const templates: Template[] = []
    for (let token: PythonToken | undefined = first; token?.kind === 'string'; token = this.#next()) {
      const value = token.isFormatted ? this.#formatted(token.text, token.line) : textValue(token.text)
      if (value.kind !== 'text') return value
      templates.push(value.template)
      if (this.#peek()?.kind !== 'string') break
    }
    return textValue(...joinTemplates(...templates))
  }

  #formatted(text: string, line: number): PythonValue {
    let problem: PythonValue | undefined
    const named = new Map<string, PythonValue>()
    const expressions: string[] = []
    // Each replacement becomes a number, so that what `.format()` does with numbers serves here too.
    const format = text.replace(
      /\{\{|\}\}|\{([^{}]+?)(?:!r|!s)?(:[^{}:'"]*)?\}/g,
      (whole, expression: string | undefined, spec = '') => {
        if (expression === undefined) return whole
        const [inner] = readPythonLines(expression.trim())
        const value = new PythonExpression(inner?.tokens ?? [], this.#names).read()
        if (!templateOf(value))
          problem ??= value.kind === 'unknown' ? { ...value, line } : unknownValue('a part of a text is no text', line)
        named.set(`_${expressions.push(expression)}`, value)
        return `{_${expressions.length}${spec}}`
      },
    )
    if (problem) return problem
    const template = formatBraces([format], [], named)
    return template ? textValue(...template) : unknownValue('the format of a text is not understood', line)
  }

  #braces(line: number): PythonValue {
    const entries: PythonEntry[] = []
    while (this.#peek() && !this.#takes('}')) {
      const at = this.#line
      const key = this.#sum()
      if (!this.#takes(':')) return this.#giveUp('}', line)
      entries.push({ key, value: this.#sum(), line: at })
      if (!this.#takes(',') && this.#peek()?.text !== '}') return this.#giveUp('}', line)
    }
    return { kind: 'dict', entries, line }
  }

  /** A comprehension, or what only a Python can make out. */
  #giveUp(close: string, line: number): PythonValue {
    const isLoop = this.#peek()?.text === 'for'
    while (this.#peek() && !this.#takes(close)) this.#at++
    return unknownValue(isLoop ? 'it is made by a loop, which is not run: write its entries out' : 'it is not understood', line)
  }

  #items(close: string): PythonValue[] {
    const items: PythonValue[] = []
    while (this.#peek() && !this.#takes(close)) {
      items.push(this.#sum())
      if (!this.#takes(',') && this.#peek()?.text !== close) {
        items.push(this.#giveUp(close, this.#line))
        break
      }
    }
    return items
  }

  /** One thing in parentheses is that thing; a comma makes it a tuple. */
  #parenthesis(line: number): PythonValue {
    const begin = this.#at
    const items = this.#items(')')
    const isTuple = items.length !== 1 || this.#tokens[this.#at - 2]?.text === ','
    return isTuple && this.#at > begin ? { kind: 'list', items, line } : (items[0] ?? { kind: 'list', items, line })
  }

  #arguments(): { positional: PythonValue[]; named: Map<string, PythonValue> } {
    const positional: PythonValue[] = []
    const named = new Map<string, PythonValue>()
    while (this.#peek() && !this.#takes(')')) {
      const name = this.#peek()
      if (name?.kind === 'name' && this.#tokens[this.#at + 1]?.text === '=') {
        this.#at += 2
        named.set(name.text, this.#sum())
      } else positional.push(this.#sum())
      if (!this.#takes(',') && this.#peek()?.text !== ')') positional.push(this.#giveUp(')', this.#line))
    }
    return { positional, named }
  }

  #index(value: PythonValue): PythonValue {
    const key = this.#sum()
    const line = this.#line
    if (!this.#takes(']')) return this.#giveUp(']', line)
    return itemOf(value, key) ?? unknownValue('there is no such entry', line)
  }

  #method(value: PythonValue): PythonValue {
    const name = this.#next()?.text ?? ''
    const line = this.#line
    if (!this.#takes('(')) return unknownValue(`the attribute ${name} is not known`, line)
    const { positional, named } = this.#arguments()
    if (value.kind === 'unknown') return value
    if (value.kind === 'text' && name === 'format') {
      const template = formatBraces(value.template, positional, named)
      if (template) return textValue(...template)
    }
    if (value.kind === 'text' && (name === 'strip' || name === 'rstrip')) return value
    if (value.kind === 'dict' && name === 'get' && positional[0])
      return itemOf(value, positional[0]) ?? positional[1] ?? { kind: 'word', word: 'None' }
    return unknownValue(`the call of ${name}() is not run`, line)
  }

  #add(left: PythonValue, right: PythonValue): PythonValue {
    const [a, b] = [templateOf(left), templateOf(right)]
    if (a && b && (left.kind === 'text' || right.kind === 'text')) return textValue(...joinTemplates(a, b))
    if (left.kind === 'list' && right.kind === 'list') return { ...left, items: [...left.items, ...right.items] }
    return left.kind === 'unknown' ? left : right.kind === 'unknown' ? right : unknownValue('a sum is not understood', this.#line)
  }

  #percent(format: PythonValue, argument: PythonValue): PythonValue {
    const template = format.kind === 'text' ? formatPercent(format.template, argument) : undefined
    return template ? textValue(...template) : unknownValue('the format of a text is not understood', this.#line)
  }

  /** `os.environ.get('X') or 'y'`: the second is the first one's default. */
  #alternative(value: PythonValue, other: PythonValue): PythonValue {
    const [part, ...more] = value.kind === 'text' ? value.template : []
    const fallback = literalOf(templateOf(other) ?? [{ variable: '', fallback: undefined }])
    if (typeof part !== 'object' || more.length > 0 || part.fallback !== undefined || fallback === undefined) return value
    return textValue({ ...part, fallback })
  }

  #takes(text: string): boolean {
    const token = this.#peek()
    if (!token || token.kind === 'string' || token.text !== text) return false
    this.#at++
    return true
  }

  #peek(): PythonToken | undefined {
    return this.#tokens[this.#at]
  }

  #next(): PythonToken | undefined {
    return this.#tokens[this.#at++]
  }

  get #line(): number {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]?.line ?? 0
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(['if', 'for', 'and', 'or', 'not', 'in', 'is', 'lambda'])
const ENVIRONMENT: ReadonlySet<string> = new Set(['os.environ', 'environ'])
/** `config` and `env` are those of python-decouple and environs. */
const GETTERS: ReadonlySet<string> = new Set(['os.environ.get', 'os.getenv', 'environ.get', 'getenv', 'config', 'env', 'env.str'])
const QUOTERS: ReadonlySet<string> = new Set(['quote', 'quote_plus'])
