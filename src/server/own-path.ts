/** A path of this gateway, `/` where it is another address: browsers take `//host` and `/\host` for one. */
export function ownPath(path = '/'): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && !path.includes('\\') ? path : '/'
}
