/** What is said of a placeholder where only literal text is taken. */
export const NO_PLACEHOLDERS =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it shows how placeholders are written
  'a placeholder, such as ${NAME} or ${file:/path}, is taken in the hand-made configuration only: write the value itself'

/** Whether a text holds what the hand-made configuration would take for a placeholder. */
export function hasPlaceholder(text: string): boolean {
  return /\$\{[^{}]*\}/.test(text)
}
