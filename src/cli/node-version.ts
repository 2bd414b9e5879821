/** What somebody with an old Node.js is told. */
export const OLD_NODE_MESSAGE =
  'Atalaya needs Node.js 20.19 or newer: get it from https://nodejs.org, or run it in a clone with npm start.'

/** Whether a version such as `18.20.4` is older than what Atalaya runs on. Plain old syntax: it must run there too. */
export function isNodeTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < 20 || (major === 20 && minor < 19)
}
