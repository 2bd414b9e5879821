/** Whether a word of the command line is the address of a camera, and not a file or an id. */
export function isCameraAddress(word: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*:\/\//i.test(word) ||
    /^(?:test|file|v4l2):/i.test(word) ||
    word.startsWith('/dev/') ||
    /^\d{1,3}$/.test(word)
  )
}
