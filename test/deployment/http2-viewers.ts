import { once } from 'node:events'
import { type ClientHttp2Stream, connect } from 'node:http2'

/**
 * Watches a stream so many times at once over a single HTTP/2 connection with TLS, as one browser does, until each viewer has
 * two whole pictures or 10 s are over. Resolves with the number of viewers that got theirs.
 */
export async function watchOverHttp2(url: string, viewers: number): Promise<number> {
  const { host, pathname } = new URL(url)
  const session = connect(`https://${host}`, { rejectUnauthorized: false })
  try {
    await once(session, 'connect')
    const streams = Array.from({ length: viewers }, () =>
      session.request({ ':path': pathname, accept: 'image/avif,image/webp,*/*' }),
    )
    const seen = await Promise.all(streams.map((stream) => waitForPictures(stream, 2)))
    return seen.filter(Boolean).length
  } finally {
    session.destroy()
  }
}

async function waitForPictures(stream: ClientHttp2Stream, wanted: number): Promise<boolean> {
  stream.setEncoding('latin1').setTimeout(10_000, () => stream.close())
  stream.on('error', () => stream.close())
  let text = ''
  for await (const data of stream) {
    text += data
    // One boundary stands before the first picture.
    if (text.split('--frame\r\n').length - 2 >= wanted) return true
  }
  return false
}
