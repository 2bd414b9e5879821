import { isScalar, Schema } from 'yaml'

/**
 * What is wrong with an unquoted YAML value whose text some reader of YAML changes: `0123456` loses its zero or is octal,
 * `yes` is true, `1e3` is 1000, `12:30` is 750, `2026-01-01` a date. Atalaya reads the text, but whoever wrote such a value
 * may have meant the other thing, and editors, Ansible or PyYAML rewrite it. The answer never repeats the value.
 */
export function plainScalarTrap(text: string): string | undefined {
  for (const { tags } of READERS) {
    for (const tag of tags) {
      if (tag.collection || !tag.default || !tag.test?.test(text)) continue
      const resolved = tag.resolve(text, ignore, {})
      const value = isScalar(resolved) ? resolved.value : resolved
      if (value !== null && String(value) === text) break
      const kind = tag.tag.slice(tag.tag.lastIndexOf(':') + 1)
      return SENTENCES[kind] ?? SENTENCES['other']
    }
  }
  return undefined
}

function ignore(): void {
  // a reader's own complaint adds nothing: what counts is whether the text comes back
}

const READERS = [new Schema({ schema: 'core' }), new Schema({ schema: 'yaml-1.1' })]

const NUMBER =
  'YAML can read this unquoted value as a number and change it: put it in quotes if it is text, else write plain digits'

const SENTENCES: Readonly<Record<string, string>> = {
  null: 'YAML can read this unquoted word as "nothing": put it in quotes if it is text, else remove the line',
  bool: 'YAML can read this unquoted word as true or false: put it in quotes if it is text, else write true or false',
  int: NUMBER,
  float: NUMBER,
  timestamp: 'YAML can read this unquoted value as a date: put it in quotes',
  other: 'YAML can read this unquoted value as something else: put it in quotes',
}
