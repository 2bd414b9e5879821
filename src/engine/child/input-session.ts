import { setTimeout as delay } from 'node:timers/promises'
import { AV_LOG_ERROR, AV_LOG_FATAL } from 'node-av/constants'
import { Log } from 'node-av/lib'
import type { Track } from '../../media/packet.ts'
import { type Micros, micros, now } from '../../media/time.ts'
import type { InputRequest } from '../engine.ts'
import { InputError } from '../input-failure.ts'
import { listPictures } from '../picture-folder.ts'
import { encodePacketFields, type Failure, MESSAGE } from '../protocol.ts'
import { type InputPicture, InputVideo } from './input-video.ts'
import { LibavInput } from './libav-input.ts'
import type { Session, SessionOutput } from './session.ts'

/** Reads something through libav and hands on its coded video. It fails once, and does not try again. */
export class InputSession implements Session {
  readonly #request: InputRequest
  readonly #output: SessionOutput
  readonly #stop = new AbortController()
  #input: LibavInput | undefined
  #track: Track | undefined
  #sequence = 0
  #lastPts = -1
  /** Nothing but a keyframe may follow a packet that was left out. */
  #needsKeyframe = true

  constructor(request: InputRequest, output: SessionOutput) {
    this.#request = request
    this.#output = output
    Log.setLevel(AV_LOG_FATAL) // lesser messages repeat the address, and a password may be in it
    void this.#run()
  }

  /** Says `inputEnded` when everything is released. */
  close(): void {
    this.#stop.abort()
    this.#input?.interrupt()
  }

  work(): boolean {
    return false
  }

  decode(_body: Buffer): boolean {
    throw new TypeError('an input decodes nothing')
  }

  setRenditions(): void {
    throw new TypeError('an input makes no renditions')
  }

  async #run(): Promise<void> {
    let failure: Failure | null = null
    try {
      await this.#play()
    } catch (error) {
      failure = error instanceof InputError ? error.failure : { code: 'unsupported', message: explain(error, this.#request) }
    }
    Log.setLevel(AV_LOG_ERROR)
    this.#output.send(MESSAGE.inputEnded, Buffer.from(JSON.stringify(failure)))
  }

  async #play(): Promise<void> {
    if (this.#request.kind === 'folder') return this.#playFolder()
    do await this.#playOnce()
    while (this.#request.kind === 'file' && !this.#stop.signal.aborted)
  }

  async #playOnce(): Promise<void> {
    const began = now()
    const before = this.#sequence
    const origin = this.#lastPts + (before === 0 ? 1 : LAST_PICTURE)
    let first: number | undefined
    await this.#read(this.#request, async (picture) => {
      first ??= picture.decodeAt
      if (this.#request.kind === 'file') await this.#waitUntil(began + picture.decodeAt - first)
      this.#deliver(picture, this.#request.kind === 'file' ? origin - first : 0)
    })
    const { signal } = this.#stop
    if (this.#sequence === before && !signal.aborted)
      throw new InputError('unsupported', `There are no pictures in ${this.#request.name}.`)
    await this.#waitUntil(Math.max(now(), began + (this.#lastPts - origin)) + LAST_PICTURE)
  }

  async #playFolder(): Promise<void> {
    const { address, name, fps = 1 } = this.#request
    const began = now()
    for (let count = 0; !this.#stop.signal.aborted; ) {
      const files = await listPictures(address)
      if (files.length === 0) throw new InputError('stream_not_found', `There are no pictures in the folder ${name}.`)
      for (const file of files) {
        if (this.#stop.signal.aborted) return
        const due = (count++ * 1_000_000) / fps
        await this.#waitUntil(began + due)
        const request: InputRequest = { ...this.#request, address: file, name: file }
        await this.#read(request, async (picture) => this.#deliver(picture, due - picture.pts))
      }
    }
  }

  async #read(request: InputRequest, take: (picture: InputPicture) => Promise<void>): Promise<void> {
    let video: InputVideo | undefined
    try {
      this.#input = await LibavInput.open(request, (input) => {
        this.#input = input
        if (this.#stop.signal.aborted) input.interrupt()
      })
      video = new InputVideo(this.#input.stream, request.kind)
      while (!this.#stop.signal.aborted && (await this.#input.next())) {
        for (const picture of video.take(this.#input.packet)) await take(picture)
      }
      for (const picture of video.flush()) await take(picture)
    } finally {
      const input = this.#input
      this.#input = undefined
      video?.close()
      await input?.close()
    }
  }

  /** @param later by how much its times are put off, to stand on one line with those before */
  #deliver({ track, data, keyframe, pts, decodeAt }: InputPicture, later: number): void {
    if (this.#stop.signal.aborted) return
    this.#needsKeyframe ||= this.#output.isClogged
    if (this.#needsKeyframe && (!keyframe || this.#output.isClogged)) return
    this.#needsKeyframe = false
    if (JSON.stringify(track) !== JSON.stringify(this.#track)) {
      this.#track = track
      this.#output.send(MESSAGE.inputTrack, Buffer.from(JSON.stringify(track)))
    }
    this.#lastPts = Math.max(this.#lastPts, pts + later)
    const times = { pts: micros(pts + later), dts: micros(decodeAt + later) }
    const fields = { sequence: this.#sequence++, ...times, capturedAt: now(), keyframe, catchUp: false }
    this.#output.send(MESSAGE.inputPacket, encodePacketFields(fields), data)
  }

  async #waitUntil(time: number): Promise<void> {
    const wait = (time - now()) / 1000
    if (wait < 1 || this.#stop.signal.aborted) return
    // The abort ends the wait, and is seen by whoever waited.
    await delay(wait, undefined, { signal: this.#stop.signal }).catch(() => undefined)
  }
}

/** How long the last picture of a file is shown. */
const LAST_PICTURE: Micros = micros(33_000)

function explain(error: unknown, { name }: InputRequest): string {
  return `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}.`
}
