import type { IncomingHttpHeaders } from 'node:http'
import type { Precondition } from '../cameras/camera-editor.ts'

/** What `If-Match` and `If-None-Match` ask of the thing that is to be changed (RFC 9110 sections 13.1.1 and 13.1.2). */
export function readPrecondition(headers: IncomingHttpHeaders): Precondition {
  const { 'if-match': wanted, 'if-none-match': unwanted } = headers
  return {
    holds: (tag) => (wanted === undefined || names(wanted, tag)) && (unwanted === undefined || !names(unwanted, tag)),
  }
}

/** A weak tag (`W/"…"`) names nothing here: it promises less than a change may build on. */
function names(list: string, tag: string | undefined): boolean {
  if (tag === undefined) return false
  return list.trim() === '*' || list.split(',').some((one) => one.trim() === tag)
}
