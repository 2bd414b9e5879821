/**
 * The address here for one of mjpg-streamer, whose clients are everywhere: `/?action=stream` and `/?action=snapshot` for the
 * default camera, `stream_0`, `snapshot_1` and so on for the first, the second … camera. Other parameters are kept; any other address
 * comes back as it is.
 * @param ids of the cameras in their order, asked for only where they are needed
 */
export function fromMjpgStreamerAddress(url: string, ids: () => readonly string[]): string {
  if (!url.startsWith('/?')) return url
  const parameters = new URLSearchParams(url.slice(2))
  const [, action, index] = /^(stream|snapshot)(?:_(\d{1,4}))?$/.exec(parameters.get('action') ?? '') ?? []
  if (!action) return url
  parameters.delete('action')
  const rest = parameters.size > 0 ? `?${parameters}` : ''
  const isStream = action === 'stream'
  if (index === undefined) return `${isStream ? '/video' : '/snapshot'}${rest}`
  const id = encodeURIComponent(ids()[Number(index)] ?? `input ${index}`)
  return `/camera/${id}${isStream ? '' : '/snapshot'}${rest}`
}
