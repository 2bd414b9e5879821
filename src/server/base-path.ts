/**
 * The address inside the gateway of what was asked for: without the base path, where the proxy in front has left it. An
 * address without it stays as it is, for proxies that take it away and for programs beside the gateway.
 */
export function withoutBasePath(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url
  const rest = url.slice(basePath.length)
  if (rest.startsWith('/')) return rest
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url
}

/**
 * Where a reader is sent who asked for the base path itself: to the same with a slash at its end, for the page's own
 * addresses are relative (RFC 3986 section 5.2.3). Undefined for any other address.
 */
export function slashAfterBasePath(url: string, basePath: string): string | undefined {
  const [path, query] = url.split('?', 2)
  if (basePath === '' || path !== basePath) return undefined
  return `${basePath}/${query === undefined ? '' : `?${query}`}`
}
