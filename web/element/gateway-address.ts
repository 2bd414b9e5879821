/**
 * Where the gateway is: what the attribute says, else where this script came from, else where the page is (a script that was
 * bundled into another). It ends with a slash, so that the gateway's addresses can be joined to it, also below a path.
 */
export function gatewayAddress(attribute: string, script: string = import.meta.url, page: string = document.baseURI): URL {
  if (attribute !== '') return asFolder(new URL(attribute, page))
  const own = new URL(script, page)
  if (own.pathname.endsWith(SCRIPT)) return new URL('.', own)
  return new URL('/', page)
}

/** Whether browsers forbid a page to load from this gateway, because the page is encrypted and the gateway is not. */
export function isMixedContent(gateway: URL, page: { readonly protocol: string } = location): boolean {
  return page.protocol === 'https:' && gateway.protocol === 'http:' && !LOOPBACK.test(gateway.hostname)
}

function asFolder(url: URL): URL {
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  url.search = ''
  url.hash = ''
  return url
}

const SCRIPT = '/atalaya-camera.js'
const LOOPBACK = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/
