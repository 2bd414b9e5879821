/** `line-viewer.ts URL`: a viewer in a process of its own; prints each picture that arrives as a line of JSON. */
import { MjpegReader } from '../../test/e2e/mjpeg-reader.ts'

/** A picture as it arrived. Times are milliseconds since the epoch. */
export interface Arrival {
  readonly at: number
  readonly capturedAt: number
  readonly sequence: number
  readonly bytes: number
  readonly rendition: string | undefined
}

const [, , url = ''] = process.argv
new MjpegReader(url, {
  keep: false,
  onPicture: ({ at, timestamp, sequence, data, rendition }) => {
    const arrival: Arrival = { at, capturedAt: timestamp * 1000, sequence, bytes: data.length, rendition }
    process.stdout.write(`${JSON.stringify(arrival)}\n`)
  },
})
process.stdin.on('close', () => process.exit()).resume()
