import { setFlagsFromString } from 'node:v8'

/**
 * Lets the heap double before all garbage is collected. V8 does so after 8 MB by itself, what is allocated beside its heap included. Packets and
 * pictures are: those of 64 cameras had it collect twice a second, which took half of the processor time of the main process and held it
 * up for 10 ms at a time. For programs of our own only; a library must not decide this for its host.
 */
export function letHeapDouble(): void {
  setFlagsFromString('--heap-growing-percent=100')
}
