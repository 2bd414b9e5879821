import type { ImportedCamera, ImportedConfig, ImportNote } from './imported-config.ts'
import { joinTemplates, type Template } from './template.ts'
import type { YamlEntry } from './yaml-entries.ts'

/** Reads the `streams:` of a go2rtc.yaml. Of several sources of a stream the first one that is an address is taken. */
export function importGo2rtc(entries: readonly YamlEntry[]): ImportedConfig {
  const notes: ImportNote[] = []
  const cameras = (entries.find(({ key }) => key === 'streams')?.entries ?? []).flatMap((stream) => toCamera(stream, notes))
  for (const { key, line } of entries) {
    if (key !== 'streams') notes.push({ line, message: NOTES[key] ?? `${key}: is not carried over` })
  }
  return { cameras, notes }
}

function toCamera({ key: id, line, texts, entries }: YamlEntry, notes: ImportNote[]): ImportedCamera[] {
  const sources = texts.length > 0 ? texts : (entries.find(({ key }) => key === 'url')?.texts ?? [])
  const addresses = sources.map((source) => addressIn(source))
  const chosen = addresses.findIndex((address) => address !== undefined)
  const address = addresses[chosen]
  if (address === undefined) {
    notes.push({ line, message: `${id} is not carried over: none of its sources is the address of a camera` })
    return []
  }
  if (sources.length > 1)
    notes.push({ line, message: `${id}: source ${chosen + 1} of ${sources.length} is taken, the others are not` })
  const source = sources[chosen] ?? ''
  if (/^[a-z]+:[a-z]+:\/\//i.test(source))
    notes.push({ line, message: `${id}: taken without ffmpeg: it is not needed to show H.264` })
  if (source.includes('#')) notes.push({ line, message: `${id}: the options behind # are not carried over` })
  return [{ id, line, address: variablesIn(address) }]
}

/** `ffmpeg:rtsp://…#video=h264` is about an address too; `exec:…` and `ffmpeg:other_stream` are not. */
function addressIn(source: string): string | undefined {
  return /^(?:ffmpeg:)?((?:rtsps?|https?):\/\/[^#]*)/i.exec(source.trim())?.[1]
}

/** `${NAME}` and `${NAME:default}`. */
function variablesIn(text: string): Template {
  const parts = text.split(/\$\{(\w+)(?::([^}]*))?\}/)
  const templates: Template[] = []
  for (let at = 0; at < parts.length; at += 3) {
    templates.push([parts[at] ?? ''])
    const variable = parts[at + 1]
    if (variable !== undefined) templates.push([{ variable, fallback: parts[at + 2] }])
  }
  return joinTemplates(...templates)
}

const NOTES: Readonly<Record<string, string>> = {
  api: 'api: is not carried over: this service listens where server: says, port 5000 if nothing does',
  rtsp: 'rtsp: is not carried over: cameras are not passed on over RTSP',
}
