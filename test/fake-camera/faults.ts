/**
 * What can be wrong with a fake camera while it runs:
 * - `stall`: it answers, and sends nothing else.
 * - `video-dead`: audio, RTCP and answers go on, no picture comes.
 * - `trickle`: a byte of a packet each second.
 * - `deaf`: connections stay open, nothing is sent and nothing is answered, as when a cable is pulled.
 * - `garbage`: now and then a kilobyte of nonsense between two packets.
 * - `cut-packets`: now and then only a part of a packet goes out, so that its length is wrong.
 */
export const FAULTS = ['none', 'stall', 'video-dead', 'trickle', 'deaf', 'garbage', 'cut-packets'] as const

export type Fault = (typeof FAULTS)[number]
