import type { MjpegManners } from './mjpeg-camera.ts'
import type { MjpegFault } from './mjpeg-part.ts'

/** One way in which HTTP cameras differ from each other, or fail. */
export interface MjpegMode {
  /** What the camera does, in a few words. */
  readonly does: string
  readonly manners?: MjpegManners
  /** Begins when the camera has been watched for a while. */
  readonly fault?: MjpegFault
  /** The code of the error with which it is given up at once; cameras of all other modes are shown, as far as they send pictures. */
  readonly refusedAs?: 'busy' | 'protocol_error' | 'unsupported'
}

const LOGIN = { user: 'admin', password: 'secret' } as const

/** What a fake HTTP camera can be told to do, by name and subject. Modes of different subjects go together. */
export const MJPEG_MODES = {
  forms: {
    'without-length': { does: 'sends parts without `Content-Length`', manners: { form: 'without-length' } },
    'wrong-length': { does: 'sends parts with a wrong `Content-Length`', manners: { form: 'wrong-length' } },
    'doubled-dashes': {
      does: 'has the dashes in the boundary that it names, as Foscam does',
      manners: { form: 'doubled-dashes' },
    },
    'other-boundary': { does: 'names another boundary than it uses', manners: { form: 'other-boundary' } },
    'junk-first': { does: 'begins parts with junk', manners: { form: 'junk-first' } },
    bare: { does: 'sends one JPEG after the other, as `application/octet-stream`', manners: { form: 'bare' } },
    single: { does: 'answers with single pictures', manners: { form: 'single' } },
    'no-tables': { does: 'leaves the Huffman tables out', manners: { withoutTables: true } },
  },
  logins: {
    basic: { does: 'wants Basic', manners: { gate: { ...LOGIN, auth: 'basic' } } },
    digest: { does: 'wants Digest', manners: { gate: { ...LOGIN, auth: 'digest', qop: true } } },
    sha256: {
      does: 'wants Digest with SHA-256',
      manners: { gate: { ...LOGIN, auth: 'digest', qop: true, algorithm: 'SHA-256' } },
    },
  },
  refusals: {
    full: { does: 'has no room for anybody (503)', manners: { status: 503 }, refusedAs: 'busy' },
    'redirect-loop': { does: 'refers to itself for ever', manners: { redirectTo: '/again' }, refusedAs: 'unsupported' },
    page: { does: 'answers with a page', manners: { form: 'page' }, refusedAs: 'unsupported' },
    huge: { does: 'sends pictures of 65,535 pixels a side', manners: { form: 'huge' }, refusedAs: 'unsupported' },
  },
  faults: {
    stall: { does: 'sends nothing more', fault: 'stall' },
    trickle: { does: 'sends a byte a second', fault: 'trickle' },
    garbage: { does: 'sends something else than a picture, now and then', fault: 'garbage' },
    'cut-pictures': { does: 'sends half a picture, now and then', fault: 'cut-pictures' },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, MjpegMode>>>>

/** All of them by name, whatever their subject. */
export function mjpegModes(): ReadonlyMap<string, MjpegMode> {
  return new Map(Object.values(MJPEG_MODES).flatMap((modes) => Object.entries<MjpegMode>(modes)))
}
