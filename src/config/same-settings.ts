import { Secret } from '../lib/secret.ts'

/** Whether two normalised settings say the same, secrets included. What is absent equals what is undefined; order counts in lists and maps only. */
export function isSameSettings(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (a instanceof Secret && b instanceof Secret) return a.reveal() === b.reveal()
  if (a instanceof Secret || b instanceof Secret) return false
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, index) => isSameSettings(value, b[index]))
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => isSameSettings(a[key as keyof typeof a], b[key as keyof typeof b]))
}
