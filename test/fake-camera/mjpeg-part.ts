/** How a fake HTTP camera sends its pictures; `usual` as mjpg-streamer and ustreamer do. */
export type MjpegForm =
  | 'usual'
  | 'without-length'
  | 'wrong-length'
  | 'doubled-dashes'
  | 'other-boundary'
  | 'junk-first'
  | 'bare'
  | 'single'
  | 'page'
  | 'huge'

/** What can be wrong with a fake HTTP camera while it runs. */
export const MJPEG_FAULTS = ['none', 'stall', 'trickle', 'garbage', 'cut-pictures'] as const

export type MjpegFault = (typeof MJPEG_FAULTS)[number]

/** The `Content-Type` of an endless answer of this form. */
export function contentTypeOf(form: MjpegForm): string {
  if (form === 'page') return 'text/html'
  if (form === 'single') return 'image/jpeg'
  if (form === 'bare') return 'application/octet-stream'
  return `multipart/x-mixed-replace; boundary=${form === 'doubled-dashes' ? '"--frame"' : 'frame'}`
}

/** What is written for one picture of an endless answer. */
export function writePart(form: MjpegForm, jpeg: Buffer): Buffer {
  const body = form === 'huge' ? HUGE : jpeg
  if (form === 'bare') return body
  const fields = ['Content-Type: image/jpeg', ...lengthOf(form, body)].map((field) => `${field}\r\n`).join('')
  const head = `--${form === 'other-boundary' ? 'another' : 'frame'}\r\n${fields}\r\n${form === 'junk-first' ? 'junk\0\xff\xff' : ''}`
  return Buffer.concat([Buffer.from(head, 'latin1'), body, Buffer.from('\r\n')])
}

/** What is wrong with picture number `count`, of an answer that goes on. */
export function spoil(fault: MjpegFault, jpeg: Buffer, count: number): Buffer {
  if (count % HIT_EVERY > 0) return jpeg
  if (fault === 'garbage') return Buffer.from('<html>no picture</html>')
  return fault === 'cut-pictures' ? jpeg.subarray(0, jpeg.length >> 1) : jpeg
}

function lengthOf(form: MjpegForm, { length }: Buffer): string[] {
  if (form === 'without-length') return []
  return [`Content-Length: ${form === 'wrong-length' ? length >> 2 : length}`]
}

/** SOI, a frame header of 65,535 × 65,535, Huffman tables in name, a scan, EOI. */
const HUGE = Buffer.from('ffd8ffc0000b08ffffffff01011100ffc40002ffda0008010100003f0001ffd9', 'hex')
/** Every so manieth picture is hit by a fault that comes now and then. */
const HIT_EVERY = 5
