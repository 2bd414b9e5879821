import { createRequire } from 'node:module'

/** A function of the C library. */
export type SystemCall = (...values: unknown[]) => number

/**
 * Finds a function of the C library by its C prototype, for what Node.js has no call for. It goes through the optional package
 * koffi, and takes some 20 ms.
 * @throws {Error} where koffi is not installed or the library has no such function.
 */
export function findSystemCall(prototype: string): SystemCall {
  const koffi: Koffi = createRequire(import.meta.url)('koffi')
  return koffi.load(null).func(prototype)
}

/** The part of koffi that is used here; its own types are not installed where the package is left out. */
interface Koffi {
  load(library: null): { func(prototype: string): SystemCall }
}
