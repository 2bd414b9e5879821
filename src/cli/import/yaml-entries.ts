import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml'

/** A key of a YAML file with what stands behind it. */
export interface YamlEntry {
  readonly key: string
  readonly line: number
  /** The text behind it, or the texts of a list. */
  readonly texts: readonly string[]
  /** The keys below it. */
  readonly entries: readonly YamlEntry[]
}

/** The top-level keys of YAML text, everything as the file writes it; none where it is no YAML map. */
export function readYamlEntries(text: string): YamlEntry[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, schema: 'failsafe', logLevel: 'silent', uniqueKeys: false })
  if (document.errors.length > 0 || !isMap(document.contents)) return []
  return entriesOf(document.contents, lines)
}

function entriesOf(map: YAMLMap, lines: LineCounter): YamlEntry[] {
  return map.items.map(({ key, value }) => ({
    key: isScalar(key) ? String(key.value) : '',
    line: lines.linePos(isScalar(key) ? (key.range?.[0] ?? 0) : 0).line,
    texts: textsOf(value),
    entries: isMap(value) ? entriesOf(value, lines) : [],
  }))
}

function textsOf(node: unknown): string[] {
  if (isSeq(node)) return node.items.flatMap(textsOf)
  return isScalar(node) && typeof node.value === 'string' ? [node.value] : []
}
