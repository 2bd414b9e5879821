/**
 * The URL that control attributes refer to: `Content-Base`, else `Content-Location`, else the URL that was asked for (RFC 2326
 * section C.1.1). Cameras put strange things there: a path, a bare host, the scheme twice, credentials.
 */
export function resolveBase(requested: string, stated: string | undefined): string {
  const base = stated?.trim().replace(/^(rtsps?:\/\/)(?=rtsps?:\/\/)/i, '') ?? ''
  if (/^rtsps?:\/\/[^/]/i.test(base)) return withoutCredentials(base)
  if (base.startsWith('/')) return originOf(requested) + base
  return requested
}

/**
 * The URL of a track or of the whole presentation from its control attribute. A relative one is appended to the base with its
 * query left where it is, as servers expect: `/cam/realmonitor?channel=1/trackID=0`. That is not what RFC 3986 says.
 */
export function resolveControl(base: string, control: string | undefined): string {
  if (control === undefined || control === '*') return base
  if (/^rtsps?:\/\//i.test(control)) return withoutCredentials(control)
  const basePath = base.slice(originOf(base).length).replace(/\/$/, '')
  if (control.startsWith('/') && basePath !== '' && control.startsWith(basePath)) return originOf(base) + control
  return `${base.replace(/\/$/, '')}${control.startsWith('/') || control.startsWith('?') ? '' : '/'}${control}`
}

/** Scheme and authority. */
function originOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*/i.exec(url)?.[0] ?? url
}

function withoutCredentials(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1')
}
