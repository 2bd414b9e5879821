import { AtalayaError } from '../api/errors.ts'
import type { CameraUrl } from '../lib/camera-url.ts'
import { askCamera } from './camera-http.ts'
import type { Ptz, PtzPreset, PtzSpeeds } from './ptz.ts'

/** Amcrest and Dahua cameras, moved by `ptz.cgi` (Dahua HTTP API for IPC, PTZ control). */
export class DahuaPtz implements Ptz {
  readonly #url: CameraUrl
  readonly #channel: number
  /** The codes that were started, for each is stopped by its own name. */
  #moving: readonly string[] = []

  constructor(url: CameraUrl, channel: number) {
    this.#url = url
    this.#channel = channel
  }

  async move(speeds: PtzSpeeds): Promise<void> {
    await this.stop()
    const moves = movesOf(speeds)
    this.#moving = moves.map(({ code }) => code)
    for (const { code, vertical, horizontal } of moves) await this.#do('start', code, vertical, horizontal)
  }

  async stop(): Promise<void> {
    const codes = this.#moving
    for (const code of codes) await this.#do('stop', code, 0, 0)
    this.#moving = []
  }

  /** These cameras have no home of their own: preset 1 is what their makers use for it. */
  goHome(): Promise<void> {
    return this.goToPreset('1')
  }

  async goToPreset(id: string): Promise<void> {
    if (!/^\d{1,3}$/.test(id)) throw new AtalayaError('bad_parameter', 'The presets of this camera are numbers.')
    await this.stop()
    await this.#do('start', 'GotoPreset', 0, Number(id))
  }

  async presets(): Promise<PtzPreset[]> {
    const body = await this.#ask(`action=getPresets&channel=${this.#channel}`)
    const names = new Map([...body.matchAll(/^presets\[(\d+)\]\.Name=(.*?)\r?$/gm)].map(([, row = '', name = '']) => [row, name]))
    return [...body.matchAll(/^presets\[(\d+)\]\.Index=(\d+)\r?$/gm)]
      .slice(0, MAX_PRESETS)
      .map(([, row = '', id = '']) => ({ id, name: (names.get(row) ?? id).slice(0, 100) }))
  }

  async #do(action: 'start' | 'stop', code: string, arg1: number, arg2: number): Promise<void> {
    await this.#ask(`action=${action}&channel=${this.#channel}&code=${code}&arg1=${arg1}&arg2=${arg2}&arg3=0`)
  }

  async #ask(query: string): Promise<string> {
    const { status, body } = await askCamera(this.#url, { method: 'GET', path: `/cgi-bin/ptz.cgi?${query}` })
    if (status === 404 || status === 501) throw new AtalayaError('no_ptz', `The camera at ${this.#url.authority} has no PTZ.`)
    if (status !== 200 || /^error/i.test(body.trim())) {
      throw new AtalayaError('unsupported', `The camera at ${this.#url.authority} did not move (HTTP ${status}).`)
    }
    return body
  }
}

const MAX_PRESETS = 300

interface Move {
  readonly code: string
  readonly vertical: number
  readonly horizontal: number
}

/** A single direction has its speed in the second argument, a diagonal the vertical one in the first. */
function movesOf({ pan, tilt, zoom }: PtzSpeeds): Move[] {
  const [side, height] = [pan < 0 ? 'Left' : pan > 0 ? 'Right' : '', tilt < 0 ? 'Down' : tilt > 0 ? 'Up' : '']
  const turn = { code: side + height, vertical: side && height ? step(tilt) : 0, horizontal: step(side ? pan : tilt) }
  const nearer = { code: zoom > 0 ? 'ZoomTele' : 'ZoomWide', vertical: 0, horizontal: step(zoom) }
  return [...(turn.code ? [turn] : []), ...(zoom === 0 ? [] : [nearer])]
}

/** Speeds go from 1 to 8. */
function step(speed: number): number {
  return Math.max(1, Math.round(Math.abs(speed) * 8))
}
