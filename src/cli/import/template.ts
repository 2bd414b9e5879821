/** Text with places that the environment fills at start-up. */
export type Template = readonly (string | EnvironmentPart)[]

export interface EnvironmentPart {
  readonly variable: string
  /** Taken where the variable is not set. */
  readonly fallback: string | undefined
}

/** The parts one behind the other, neighbouring literals as one. */
export function joinTemplates(...templates: readonly Template[]): Template {
  const joined: (string | EnvironmentPart)[] = []
  for (const part of templates.flat()) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else if (part !== '') joined.push(part)
  }
  return joined
}

/** The text itself where nothing in it comes from the environment. */
export function literalOf(template: Template): string | undefined {
  return template.every((part) => typeof part === 'string') ? template.join('') : undefined
}

/** As our configuration writes it: `${NAME:-fallback}`, and `$${` where the text itself has a `${`. */
export function toConfigText(template: Template): string {
  return template
    .map((part) => {
      if (typeof part === 'string') return part.replaceAll('${', () => '$${')
      const { variable, fallback } = part
      return hasPlaceForFallback(fallback) ? `\${${variable}:-${fallback}}` : `\${${variable}}`
    })
    .join('')
}

/** Whether a fallback can stand inside `${…}`: braces and line breaks cannot. */
export function hasPlaceForFallback(fallback: string | undefined): fallback is string {
  return fallback !== undefined && !/[{}\n\r]/.test(fallback)
}

/** What the text could be: every variable is filled with its fallback, or with what may be a host, a port or a name. */
export function exampleOf(template: Template): string {
  return template.map((part) => (typeof part === 'string' ? part : part.fallback || EXAMPLE)).join('')
}

/** What an unknown variable could hold. */
export const EXAMPLE = '1'

/** Runs text operations over a template: variables become words in the text, and templates again in every piece of the answer. */
export function maskVariables(template: Template): { text: string; unmask: (piece: string) => Template } {
  const variables = template.filter((part) => typeof part !== 'string')
  let count = 0
  const text = template.map((part) => (typeof part === 'string' ? part : `${MASK}${count++}${MASK}`)).join('')
  const unmask = (piece: string) =>
    joinTemplates(piece.split(MASKED).map((part, index) => (index % 2 === 0 ? part : (variables[Number(part)] ?? ''))))
  return { text, unmask }
}

/** Valid in every part of a URL, and nothing that people write. */
const MASK = 'xqENVqx'
const MASKED = new RegExp(`${MASK}(\\d+)${MASK}`)
