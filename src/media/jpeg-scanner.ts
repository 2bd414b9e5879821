/** A JPEG as it came, and when its first bytes did. */
export interface ScannedJpeg {
  /** The file from SOI to EOI; the caller's. */
  readonly data: Buffer
  /** Whether the file brings the Huffman tables that it needs. */
  readonly hasHuffmanTables: boolean
}

/**
 * Finds the pictures in a stream of bytes by walking their marker segments (ITU-T T.81 annex B), so that neither an EOI inside a
 * thumbnail nor a boundary or a length that is wrong matters. What lies between the pictures is passed over. A picture in
 * whose middle another one begins was cut off; it is dropped and counted.
 */
export class JpegScanner {
  readonly #pass: (picture: ScannedJpeg) => void
  #buffer = Buffer.allocUnsafe(65_536)
  /** What stands before is done with; here begins the picture's SOI once there is one. */
  #begin = 0
  /** Up to where the buffer is understood. */
  #at = 0
  /** Where the last marker segment begins: its length was believed. */
  #segment = 0
  #end = 0
  #state: 'outside' | 'segments' | 'scan' = 'outside'
  #hasTables = false
  #damaged = 0
  #foreign = 0

  /** @param pass takes each picture, within the call that completes it. */
  constructor(pass: (picture: ScannedJpeg) => void) {
    this.#pass = pass
  }

  /** Pictures that were cut off or are none. */
  get damaged(): number {
    return this.#damaged
  }

  /** Bytes since the last picture that belong to none. */
  get foreignBytes(): number {
    return this.#foreign
  }

  /** The bytes of the picture that is still coming. */
  get pendingBytes(): number {
    return this.#state === 'outside' ? 0 : this.#end - this.#begin
  }

  /** Takes the next bytes, which are copied. */
  push(bytes: Uint8Array): void {
    this.#append(bytes)
    while (this.#step());
  }

  /** True while there may be more to find in what has come. */
  #step(): boolean {
    if (this.#state === 'outside') return this.#findBeginning()
    return this.#state === 'segments' ? this.#walkSegment() : this.#findEnd()
  }

  #findBeginning(): boolean {
    const found = this.#buffer.subarray(0, this.#end).indexOf(BEGINNING, this.#begin)
    if (found < 0) {
      // The last bytes may be the first of a picture.
      this.#passOver(Math.max(this.#begin, this.#end - BEGINNING.length + 1))
      return false
    }
    this.#passOver(found)
    this.#at = found + 2
    this.#segment = this.#at
    this.#state = 'segments'
    this.#hasTables = false
    return true
  }

  /** Section B.1.1.4: a marker, and unless it stands alone, a length that includes itself. */
  #walkSegment(): boolean {
    while (this.#buffer[this.#at] === 0xff && this.#buffer[this.#at + 1] === 0xff && this.#at + 1 < this.#end) this.#at++
    if (this.#at + 4 > this.#end) return false
    const marker = this.#buffer[this.#at + 1] ?? 0
    const length = this.#buffer.readUInt16BE(this.#at + 2)
    if (this.#buffer[this.#at] !== 0xff || marker < FIRST_SEGMENT || marker === SOI || marker === EOI || length < 2)
      return this.#giveUp(this.#segment)
    if (this.#at + 2 + length > this.#end) return false
    if (marker === DHT) this.#hasTables = true
    this.#segment = this.#at
    this.#at += 2 + length
    if (marker === SOS) this.#state = 'scan'
    return true
  }

  /** Coded data ends at a marker that is neither a stuffed byte nor a restart (section B.1.1.5). */
  #findEnd(): boolean {
    for (;;) {
      const found = this.#buffer.subarray(0, this.#end).indexOf(0xff, this.#at)
      if (found < 0 || found + 1 >= this.#end) {
        this.#at = found < 0 ? this.#end : found
        return false
      }
      const marker = this.#buffer[found + 1] ?? 0
      if (marker === 0xff) this.#at = found + 1
      else if (marker === 0 || (marker >= RST0 && marker <= RST7)) this.#at = found + 2
      else if (marker === EOI) return this.#finish(found + 2)
      else {
        this.#at = found
        if (marker === SOI) return this.#giveUp(found)
        this.#state = 'segments' // a progressive picture has several scans
        return true
      }
    }
  }

  #finish(end: number): boolean {
    const data = Buffer.from(this.#buffer.subarray(this.#begin, end))
    this.#begin = end
    this.#state = 'outside'
    this.#foreign = 0
    this.#pass({ data, hasHuffmanTables: this.#hasTables })
    return true
  }

  /** What began as a picture is none, or was cut off: another may begin from there on, within a segment that was too long to be true, too. */
  #giveUp(from: number): boolean {
    this.#damaged++
    this.#passOver(from)
    this.#state = 'outside'
    return true
  }

  #passOver(to: number): void {
    this.#foreign += to - this.#begin
    this.#begin = to
  }

  /** What is done with makes room first. */
  #append(bytes: Uint8Array): void {
    if (this.#begin > 0) this.#buffer.copyWithin(0, this.#begin, this.#end)
    this.#at = Math.max(0, this.#at - this.#begin)
    this.#segment = Math.max(0, this.#segment - this.#begin)
    this.#end -= this.#begin
    this.#begin = 0
    const needed = this.#end + bytes.length
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, this.#end)
      this.#buffer = larger
    }
    this.#buffer.set(bytes, this.#end)
    this.#end = needed
  }
}

const BEGINNING = Buffer.from([0xff, 0xd8, 0xff])
const FIRST_SEGMENT = 0xc0
const DHT = 0xc4
const RST0 = 0xd0
const RST7 = 0xd7
const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
