/** A piece of Python source (Python Language Reference, chapter 2). */
export type PythonToken =
  | { readonly kind: 'name' | 'number' | 'operator'; readonly text: string; readonly line: number }
  | { readonly kind: 'string'; readonly text: string; readonly isFormatted: boolean; readonly line: number }

/** A logical line: it may span several lines of the file inside brackets. */
export interface PythonLine {
  /** Columns before its first token: 0 at the top level. */
  readonly indent: number
  readonly line: number
  readonly tokens: readonly PythonToken[]
}

/** Takes Python source apart. What is no token at all ends the reading of its line, not of the file. */
export function readPythonLines(source: string): PythonLine[] {
  const reader = new TokenReader(source)
  const lines: PythonLine[] = []
  for (let next = reader.line(); next; next = reader.line()) if (next.tokens.length > 0) lines.push(next)
  return lines
}

class TokenReader {
  readonly #source: string
  #at = 0
  #line = 1

  constructor(source: string) {
    this.#source = source.replaceAll('\r\n', '\n').replace(/^\ufeff/, '')
  }

  /** The next logical line, perhaps an empty one; undefined at the end. */
  line(): PythonLine | undefined {
    if (this.#at >= this.#source.length) return undefined
    const indent = this.#match(/[ \t]*/y).length
    const line = this.#line
    const tokens: PythonToken[] = []
    let depth = 0
    while (this.#at < this.#source.length) {
      this.#match(/(?:[ \t\f]+|#[^\n]*|\\\n)*/y)
      if (this.#source[this.#at] === '\n') {
        this.#advance(1)
        if (depth === 0) break
        continue
      }
      const token = this.#token()
      if (!token) continue
      tokens.push(token)
      if (token.kind === 'operator' && '([{'.includes(token.text)) depth++
      if (token.kind === 'operator' && ')]}'.includes(token.text)) depth = Math.max(0, depth - 1)
    }
    return { indent, line, tokens }
  }

  #token(): PythonToken | undefined {
    const line = this.#line
    const prefix = this.#match(/[rbufRBUF]{0,2}(?=["'])/y, false)
    if (prefix !== undefined) return this.#string(prefix.toLowerCase(), line)
    const name = this.#match(/[\p{L}_][\p{L}\p{N}_]*/uy)
    if (name) return { kind: 'name', text: name, line }
    const number = this.#match(/\d[\d_]*(?:\.\d+)?/y)
    if (number) return { kind: 'number', text: number.replaceAll('_', ''), line }
    const operator = this.#match(/\*\*|->|:=|[-+*/%|]=|==|[-+*/%|&^~<>=!.,:;()[\]{}@]/y)
    if (operator) return { kind: 'operator', text: operator, line }
    if (this.#at < this.#source.length && !/\s|#/.test(this.#source[this.#at] ?? '')) this.#advance(1)
    return undefined
  }

  #string(prefix: string, line: number): PythonToken {
    const quote = this.#match(/"""|'''|"|'/y)
    const begin = this.#at
    const isFormatted = prefix.includes('f')
    while (this.#at < this.#source.length && !this.#source.startsWith(quote, this.#at)) {
      const character = this.#source[this.#at]
      if (character === '\\') this.#advance(2)
      else if (isFormatted && character === '{') this.#skipReplacement()
      else if (character === '\n' && quote.length === 1) break
      else this.#advance(1)
    }
    const body = this.#source.slice(begin, this.#at)
    if (this.#source.startsWith(quote, this.#at)) this.#advance(quote.length)
    return { kind: 'string', text: prefix.includes('r') ? body : decodeEscapes(body), isFormatted, line }
  }

  /** Since Python 3.12 an f-string's replacement may hold the very quotes that enclose it. */
  #skipReplacement(): void {
    if (this.#match(/\{\{|\{(?:[^{}"'\n]|"[^"\n]*"|'[^'\n]*')*\}/y) === '') this.#advance(1)
  }

  /** What the sticky pattern finds here; it is passed over. `''` unless `orEmpty` is false. */
  #match(pattern: RegExp): string
  #match(pattern: RegExp, orEmpty: false): string | undefined
  #match(pattern: RegExp, orEmpty = true): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source)?.[0]
    if (found !== undefined) this.#advance(found.length)
    return found ?? (orEmpty ? '' : undefined)
  }

  #advance(length: number): void {
    const passed = this.#source.slice(this.#at, this.#at + length)
    this.#line += passed.split('\n').length - 1
    this.#at += length
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' }

/** Table "escape sequences" of section 2.4.1.1; unknown ones stay as they are. */
function decodeEscapes(body: string): string {
  return body.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g, (whole, hex, unicode, character: string) => {
    if (hex ?? unicode) return String.fromCharCode(Number.parseInt(hex ?? unicode, 16))
    return ESCAPES[character] ?? ('\\\'"'.includes(character) ? character : whole)
  })
}
