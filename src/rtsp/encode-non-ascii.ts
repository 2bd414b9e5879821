/** What stands in a request line is ASCII without spaces (RFC 2326 section 3.2); all else is percent-encoded as UTF-8. */
export function encodeNonAscii(text: string): string {
  // By way of bytes, for `encodeURIComponent` throws on half a surrogate pair.
  return Buffer.from(text)
    .toString()
    .replace(/[^\x21-\x7e]+/g, encodeURIComponent)
}
