/**
 * Makes `${…}` safe for a YAML parser, which takes its braces for a mapping in `{ password: ${CAM2_PASSWORD} }`, and a
 * `#` or `: ` in a default for its own. Each such character becomes a Unicode noncharacter, one for one, so that
 * positions stay true. `unmaskPlaceholders` undoes it in the values.
 */
export function maskPlaceholders(text: string): string {
  return text.replace(/\$\{[A-Za-z_][A-Za-z0-9_]*(?::-[^{}\n]*)?\}|\$\{file:[^{}\n]*\}/g, (placeholder) =>
    placeholder.replace(/[{}[\],:# ]/g, (special) => String.fromCharCode(FIRST_NONCHARACTER + SPECIAL.indexOf(special))),
  )
}

/** Gives the characters back that `maskPlaceholders` hid. */
export function unmaskPlaceholders(text: string): string {
  return text.replace(/[\ufdd0-\ufdd7]/g, (mask) => SPECIAL[mask.charCodeAt(0) - FIRST_NONCHARACTER] ?? mask)
}

const SPECIAL = '{}[],:# '
const FIRST_NONCHARACTER = 0xfdd0
