import { describe, expect, it } from 'vitest'
import { escapeXml, findAll, parseXml, textAt } from './xml.ts'

describe('an XML document', () => {
  it('is read with its attributes, entities, CDATA and comments, prefixes left out', () => {
    const document = parseXml(
      '\ufeff<?xml version="1.0"?><!-- x --><s:a t:k="1 &amp; 2" j=\'y\'>\n <b> &lt;&#65;&#x42;&unknown; </b><b/><c><![CDATA[<d>]]></c></s:a>'.slice(
        1,
      ),
    )
    expect(document.name).toBe('a')
    expect(Object.fromEntries(document.attributes)).toEqual({ k: '1 & 2', j: 'y' })
    expect(findAll(document, 'b').map(({ text }) => text)).toEqual(['<AB&unknown;', ''])
    expect(textAt(document, 'c')).toBe('<d>')
    expect(textAt(document, 'c', 'd')).toBeUndefined()
  })

  it.each([
    ['a bomb of entities', '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'],
    ['tags that cross', '<a><b></a></b>'],
    ['an end that is missing', '<a><b></b>'],
    ['an end too much', '<a></a></a>'],
    ['nothing', ''],
    ['no XML', 'Not found'],
    ['a page of a web server', '<!doctype html><html><br></html>'],
    ['half a tag', '<a b="<'],
    ['too many levels', '<a>'.repeat(50) + '</a>'.repeat(50)],
    ['too many elements', `<a>${'<a/>'.repeat(60_000)}</a>`],
    ['too much', `<a>${'x'.repeat(1024 * 1024)}</a>`],
  ])('is refused for %s', (_, text) => {
    expect(() => parseXml(text)).toThrow('What the camera answered')
  })

  it('cannot be broken out of by what is put into it', () => {
    const text = `"'<>&]]></a>`
    expect(parseXml(`<a b="${escapeXml(text)}">${escapeXml(text)}</a>`)).toMatchObject({ text })
  })
})
