/** Repeatable chance: mulberry32. */
export class Garbage {
  #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  /** From 0 up to, and without, the limit. */
  number(limit: number): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.number(values.length)] as Value
  }

  /** Text that nobody expects. */
  text(): string {
    return this.pick(TEXTS)
  }

  /** Text that can stand in a header. */
  header(): string {
    return this.pick(TEXTS.filter((text) => /^[\x20-\x7e\xa0-\xff]*$/.test(text) && text.length < 2000))
  }

  /** Any JSON value, not deeper than this. */
  value(depth = 3): unknown {
    const kind = this.number(depth > 0 ? 8 : 6)
    if (kind < 2) return this.text()
    if (kind < 4) return this.pick(NUMBERS)
    if (kind === 4) return this.pick([true, false])
    if (kind === 5) return null
    const inner = Array.from({ length: this.number(4) }, () => this.value(depth - 1))
    return kind === 6 ? inner : Object.fromEntries(inner.map((value) => [this.pick(KEYS), value]))
  }

  /** A camera's settings, some right and some not. */
  settings(): Record<string, unknown> {
    const pairs = Array.from({ length: 1 + this.number(6) }, () => [this.pick(KEYS), this.value(2)])
    const url = this.pick(['test:clock', 'rtsp://10.0.0.7/1', this.text()])
    return { ...(this.number(4) > 0 && { url }), ...Object.fromEntries(pairs) }
  }

  /** A body as it goes over the wire. */
  body(): string {
    const kind = this.number(10)
    if (kind === 0) return this.text()
    if (kind === 1) return '['.repeat(1 + this.number(20_000))
    if (kind === 2) return JSON.stringify(this.value(5)) ?? ''
    if (kind === 3)
      return `{"id": "x", "${this.pick(['__proto__', 'constructor', 'prototype'])}": ${JSON.stringify(this.value())}}`
    if (kind < 6)
      return JSON.stringify({ ...(this.number(2) > 0 && { id: this.pick(IDS) }), url: 'test:clock', fps: 1 + this.number(9) })
    return JSON.stringify({ id: this.pick(IDS), ...this.settings() })
  }

  id(): string {
    return this.pick([...IDS, this.text()])
  }
}

const IDS = ['fixed', 'off', 'a', 'a', 'a', 'b', 'b', 'gone', '1', '__proto__', 'a/b', 'x'.repeat(64), 'x'.repeat(65)]

const NUMBERS = [0, -0, -1, 1, 15, 16, 640, 1.5, 1e9, 1e308, -1e308, 2 ** 31, 2 ** 53, 65_536, Number.MIN_VALUE, 90, 100]

const TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'NaN',
  'Infinity',
  '0x10',
  '999999999999999999999',
  'null',
  'undefined',
  'true',
  '__proto__',
  'toString',
  '../../etc/passwd',
  '%00',
  '%ff',
  '%',
  '%2e%2e%2f',
  'a\r\nX-Injected: 1',
  '\u0000',
  '\u202egnp.exe',
  '\u2028',
  '\ufeff',
  '\ufdd0',
  'ñandú 😀 漢字',
  '<img src=x onerror=alert(1)>',
  '"; rm -rf / #',
  '$(id)',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of the hand-made file
  '${HOME}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of the hand-made file
  '${file:/etc/passwd}',
  '{{7*7}}',
  'test:clock',
  'test:',
  'rtsp://',
  'rtsp://u:p@[::1]:99999/',
  'rtsp://a b/',
  'file:///etc/passwd',
  'gopher://h/',
  '"1"',
  'W/"x"',
  '*',
  ',,,',
  'x'.repeat(100),
  'x'.repeat(5000),
  'é'.repeat(3000),
  '['.repeat(500),
]

const KEYS = [
  ...['url', 'rtsp', 'main', 'sub', 'ip', 'user', 'password', 'name', 'connect', 'default', 'width', 'height', 'fps', 'quality'],
  ...['rotate', 'flip', 'crop', 'left', 'id', 'brand', 'nmae', '', '🙂', 'toString', 'hasOwnProperty', 'length'],
]
