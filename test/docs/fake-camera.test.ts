import { describe, expect, it } from 'vitest'
import { OPTIONS } from '../fake-camera/command-line.ts'
import { MJPEG_MODES } from '../fake-camera/mjpeg-modes.ts'
import { RTSP_MODES } from '../fake-camera/modes.ts'
import { readPage } from './markdown-page.ts'

const [RTSP, HTTP] = [RTSP_MODES, MJPEG_MODES].map((modes) =>
  Object.values<Readonly<Record<string, { readonly does: string }>>>(modes).map((named) =>
    Object.entries(named).map(([name, { does }]) => [`\`${name}\``, does]),
  ),
)
const MODES = [...(RTSP ?? []), ...(HTTP ?? [])]

describe('docs/fake-camera.md', () => {
  const [options, ...modes] = readPage('docs/fake-camera.md').tables.map(({ rows }) => rows)

  it('has every option and no other', () => {
    const named = options?.flatMap(([names = '']) => [...names.matchAll(/`--([\w-]+)`/g)].map(([, name]) => name))
    expect(named?.toSorted()).toEqual(Object.keys(OPTIONS).toSorted())
  })

  it('has every mode, in its words, and no other', () => {
    expect(modes).toEqual(MODES)
  })

  it('has them in Spanish too', () => {
    const spanish = readPage('docs/fake-camera.es.md').tables.slice(1)
    expect(spanish.map(({ rows }) => rows.map(([name]) => name))).toEqual(MODES.map((rows) => rows.map(([name]) => name)))
  })
})
