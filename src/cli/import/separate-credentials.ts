import { shownAddress } from '../../config/shown-address.ts'
import { parseCameraUrl } from '../../lib/camera-url.ts'
import { literalOf, maskVariables, type Template } from './template.ts'

/** An address without its credentials, and those. */
export interface SeparatedAddress {
  readonly url: Template
  readonly user: Template | undefined
  readonly password: Template | undefined
}

/**
 * Takes the credentials out of an address, whatever part of it comes from the environment. They end at the last `@` with
 * a host behind it, for whoever pastes a password into an address does not encode it.
 */
export function separateCredentials(address: Template): SeparatedAddress {
  const { text, unmask } = maskVariables(address)
  const [, scheme, userinfo, rest] = ADDRESS.exec(text) ?? []
  if (scheme === undefined || userinfo === undefined || rest === undefined)
    return { url: address, user: undefined, password: undefined }
  const encoded = userinfo.replaceAll(/[@/?#]/g, encodeURIComponent)
  const { credentials } = parseCameraUrl(`${scheme}${encoded}@host`)
  const password = unmask(credentials?.password.reveal() ?? '')
  return {
    url: unmask(scheme + rest),
    user: unmask(credentials?.user ?? ''),
    password: literalOf(password) === '' ? undefined : password,
  }
}

const ADDRESS = /^([a-z][a-z0-9+.-]*:\/\/)(.*)@((?:\[[0-9a-f:.%]+\]|[\w.-]+)(?::\w+)?(?:[/?#].*)?)$/is

/** The address as a screen may show it: also a maker's `?password=…` is hidden. What cannot be taken apart is not shown. */
export function hiddenAddress(url: Template): Template {
  const { text, unmask } = maskVariables(url)
  const [, beforePort = text, port = '', behindPort = ''] = VARIABLE_PORT.exec(text) ?? []
  try {
    const shown = shownAddress(parseCameraUrl(beforePort + behindPort))
    return unmask(shown.replace(beforePort, beforePort + port))
  } catch (error) {
    if (error instanceof TypeError) return text.startsWith('test:') ? url : ['***']
    throw error
  }
}

/** A port that is no number yet. */
const VARIABLE_PORT = /^([a-z][a-z0-9+.-]*:\/\/(?:\[[0-9a-f:.%]+\]|[\w.-]+))(:[a-z]\w*)((?:[/?#].*)?)$/is
