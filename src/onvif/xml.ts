import { AtalayaError } from '../api/errors.ts'

/** An element of a document, names without their prefixes. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Its own text, without the white space around it. */
  readonly text: string
}

/**
 * Reads an XML 1.0 document as cameras send them: elements, attributes, text, CDATA. It knows no entities but the five of XML
 * and numbers, and refuses document types, so nothing in it can grow or fetch.
 * @throws {AtalayaError} `protocol_error` for what is no such document, or too large or too deep
 */
export function parseXml(text: string): XmlElement {
  if (text.length > MAX_LENGTH) throw bad('is too large')
  const root: Open = { name: '', attributes: new Map(), children: [], text: '' }
  const open: Open[] = [root]
  let at = 0
  let tokens = 0
  for (const match of text.matchAll(TOKEN)) {
    const [whole, cdata, close, name, attributes = '', empty, plain] = match
    if (match.index !== at) throw bad('is no well-formed XML')
    if (++tokens > MAX_TOKENS) throw bad('has too many elements')
    at += whole.length
    const parent = open.at(-1) ?? root
    if (plain !== undefined) parent.text += decode(plain)
    else if (cdata !== undefined) parent.text += cdata
    else if (close !== undefined) {
      if (open.length < 2 || open.pop()?.name !== localName(close)) throw bad('has tags that do not match')
    } else if (name !== undefined) {
      const element: Open = { name: localName(name), attributes: parseAttributes(attributes), children: [], text: '' }
      parent.children.push(element)
      if (empty === undefined) open.push(element)
      if (open.length > MAX_DEPTH) throw bad('is nested too deep')
    }
  }
  const [element] = root.children
  if (at !== text.length || open.length > 1 || !element) throw bad('is no well-formed XML')
  return trimmed(element)
}

/** All elements of this name below one, in the order of the document. */
export function findAll(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...findAll(child, name)])
}

/** The text of the element that a path of names leads to, the first at each step. */
export function textAt(element: XmlElement, ...path: readonly string[]): string | undefined {
  let here: XmlElement | undefined = element
  for (const name of path) here = here && findAll(here, name)[0]
  return here?.text
}

/** Makes any text safe in an element or an attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

interface Open {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: Open[]
  text: string
}

const MAX_LENGTH = 1024 * 1024
const MAX_DEPTH = 40
/** An answer of a recorder with 64 profiles has some 30,000. */
const MAX_TOKENS = 50_000
/** A comment, an instruction, CDATA, a closing tag, an opening tag, or text; a document type is none of them. */
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/)?>|([^<]+)/g
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function parseAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [, name = '', double, single] of text.matchAll(ATTRIBUTE))
    attributes.set(localName(name), decode(double ?? single ?? ''))
  return attributes
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

function trimmed(element: Open): XmlElement {
  return { ...element, text: element.text.trim(), children: element.children.map(trimmed) }
}

function bad(what: string): AtalayaError {
  return new AtalayaError('protocol_error', `What the camera answered ${what}.`)
}
