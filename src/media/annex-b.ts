/** What stands before every NAL unit in the Annex B form that Atalaya uses throughout. */
export const START_CODE: Buffer = Buffer.from([0, 0, 0, 1])

/** The NAL units of an Annex B byte stream, without their start codes; views of the same memory. */
export function* splitAnnexB(data: Uint8Array): Generator<Uint8Array> {
  let begin = -1
  for (let at = 0; at + 2 < data.length; at++) {
    if (data[at] !== 0 || data[at + 1] !== 0 || data[at + 2] !== 1) continue
    if (begin >= 0) yield trimZeros(data.subarray(begin, at))
    begin = at + 3
    at += 2
  }
  if (begin >= 0 && begin < data.length) yield trimZeros(data.subarray(begin))
}

/** NAL units as an Annex B byte stream with four-byte start codes; a new buffer. */
export function joinAnnexB(nals: Iterable<Uint8Array>): Buffer {
  return Buffer.concat([...nals].flatMap((nal) => [START_CODE, nal]))
}

/** A NAL unit never ends in a zero byte: such zeros belong to the next start code or are padding. */
function trimZeros(nal: Uint8Array): Uint8Array {
  let end = nal.length
  while (end > 0 && nal[end - 1] === 0) end--
  return nal.subarray(0, end)
}
