/** What a relay saw of H.264 on its way by UDP: picture by picture, whether something of it was lost. */
export class PictureLedger {
  readonly pictures: { readonly timestamp: number; isKey: boolean; isLost: boolean }[] = []

  /** To be told of each RTP packet in its turn. */
  note(packet: Buffer, isLost: boolean): void {
    const timestamp = packet.readUInt32BE(4)
    let picture = this.pictures.at(-1)
    if (picture?.timestamp !== timestamp) {
      picture = { timestamp, isKey: false, isLost: false }
      this.pictures.push(picture)
    }
    if ((packet.readUInt8(12) & 31) === 7) picture.isKey = true
    picture.isLost ||= isLost
  }

  /** Pictures from the first keyframe on that came whole, and those of them that were whole with all that they build upon. */
  get sinceFirstShown(): { sent: number; whole: number } {
    const first = this.pictures.findIndex(({ isKey, isLost }) => isKey && !isLost)
    let isBroken = false
    let whole = 0
    for (const { isKey, isLost } of this.pictures.slice(first)) {
      isBroken = isLost || (isBroken && !isKey)
      if (!isBroken) whole++
    }
    return { sent: this.pictures.length - first, whole }
  }
}
