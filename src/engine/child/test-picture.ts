import { AV_BUFFERSRC_FLAG_KEEP_REF, AV_PIX_FMT_YUV420P } from 'node-av/constants'
import { Frame } from 'node-av/lib'
import type { TestPattern } from '../engine.ts'
import type { FilterSpec } from '../filter-spec.ts'
import { backdrop, changingTexts } from '../test-picture-drawing.ts'
import { FilterChain } from './filter-chain.ts'
import { check } from './libav.ts'
import { Sweep } from './sweep.ts'

/** A picture with the camera's name, the wall-clock time, a frame counter and something that moves. */
export class TestPicture {
  readonly #backdrop: Frame
  readonly #texts: FilterChain
  readonly #sweep: Sweep
  readonly #drawn = new Frame()

  constructor(pattern: TestPattern) {
    this.#backdrop = drawBackdrop(pattern)
    this.#texts = new FilterChain([bufferOf(pattern), ...changingTexts(pattern)])
    this.#sweep = new Sweep(pattern)
    this.#drawn.alloc()
  }

  /** Draws the picture as of now: 4:2:0, limited-range BT.709. It lasts until the caller unrefs it. */
  draw(count: number): Frame {
    this.#backdrop.pts = BigInt(count)
    check(this.#texts.first.buffersrcAddFrameSync(this.#backdrop, AV_BUFFERSRC_FLAG_KEEP_REF), 'giving the backdrop')
    check(this.#texts.last.buffersinkGetFrameSync(this.#drawn), 'taking the test picture')
    this.#sweep.draw(this.#drawn, Date.now())
    return this.#drawn
  }

  close(): void {
    this.#drawn.free()
    this.#texts.close()
    this.#backdrop.free()
  }
}

/** What never changes, drawn once. */
function drawBackdrop(pattern: TestPattern): Frame {
  const frame = new Frame()
  frame.alloc()
  const chain = new FilterChain(backdrop(pattern))
  try {
    check(chain.last.buffersinkGetFrameSync(frame), 'drawing the backdrop')
  } finally {
    chain.close()
  }
  return frame
}

function bufferOf({ width, height }: TestPattern): FilterSpec {
  const options = { video_size: `${width}x${height}`, pix_fmt: `${AV_PIX_FMT_YUV420P}`, time_base: '1/1000', pixel_aspect: '1/1' }
  return { filter: 'buffer', options: { ...options, colorspace: 'bt709', range: 'tv' } }
}
