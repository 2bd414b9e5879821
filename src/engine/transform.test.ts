import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeJpeg, ffmpeg, h264Clip, hasFfmpeg, packetOf } from '../../test/engine/clips.ts'
import { ENGINE_KINDS, soon, type TestedEngines } from '../../test/engine/engine-kinds.ts'
import { watchDecoder } from '../../test/engine/watched-decoder.ts'
import type { PictureTransform } from '../media/picture-transform.ts'

describe.skipIf(!hasFfmpeg).each(ENGINE_KINDS)(
  'a picture with a red, a green, a blue and a white quarter, by $engine',
  ({ open }) => {
    let pool: TestedEngines
    /** The same picture by codec: H.264 of limited range, which is converted, and JPEG, whose planes stay as they are. */
    let clips: Readonly<Record<'h264' | 'jpeg', readonly Buffer[]>>
    beforeAll(async () => {
      pool = open()
      pool.start()
      const quarter = (colour: string) => `color=${colour}:size=160x120:duration=0.04:rate=25`
      const input = [
        ...['red', 'lime', 'blue', 'white'].flatMap((colour) => ['-f', 'lavfi', '-i', quarter(colour)]),
        ...['-filter_complex', '[0][1]hstack[top];[2][3]hstack[bottom];[top][bottom]vstack,format=yuv420p'],
      ]
      const jpeg = await ffmpeg([...input, '-pix_fmt', 'yuvj420p', '-frames:v', '1', '-f', 'mjpeg', 'pipe:1'])
      clips = { h264: await h264Clip({ input }), jpeg: [jpeg] }
    })
    afterAll(() => pool[Symbol.asyncDispose]())

    it.each<[string, PictureTransform, [number, number], string]>([
      ['is left alone', {}, [320, 240], 'rgbw'],
      ['is turned by a quarter', { rotate: 90 }, [240, 320], 'brwg'],
      ['is turned by a half', { rotate: 180 }, [320, 240], 'wbgr'],
      ['is turned by three quarters', { rotate: 270 }, [240, 320], 'gwrb'],
      ['is mirrored', { flip: 'horizontal' }, [320, 240], 'grwb'],
      ['is put upside down', { flip: 'vertical' }, [320, 240], 'bwrg'],
      ['is turned and then mirrored', { rotate: 90, flip: 'horizontal' }, [240, 320], 'rbgw'],
      ['is cropped', { crop: { left: 50, top: 0, width: 50, height: 100 } }, [160, 240], 'ggww'],
      ['is cropped and then turned', { crop: { left: 0, top: 50, width: 100, height: 50 }, rotate: 90 }, [120, 320], 'bbww'],
    ])('%s', async (_what, transform, [width, height], quarters) => {
      for (const [codec, scale] of CASES) {
        const size = { width: width * scale, height: height * scale }
        const rendition = { ...size, quality: 90, transform }
        const { decoder, pictures } = await watchDecoder(pool, { 1: rendition }, { track: { codec } })
        for (const [index, data] of clips[codec].entries())
          decoder.push({ ...packetOf(data, index), keyframe: true }, index, false)
        await soon(() => expect(pictures).toHaveLength(1))
        const pixels = await decodeJpeg(pictures[0]!.data)
        decoder.close()
        expect(pixels.length).toBe(size.width * size.height * 3)
        expect(cornerColours(pixels, size)).toBe(quarters)
      }
    })
  },
)

const CASES = [
  ['h264', 1],
  ['h264', 0.5],
  ['jpeg', 1],
  ['jpeg', 0.5],
] as const

/** The colours in the middle of the four quarters, from left to right and down, by their initials. */
function cornerColours(pixels: Buffer, { width, height }: { width: number; height: number }): string {
  const at = (x: number, y: number) => {
    const index = (Math.round(height * y) * width + Math.round(width * x)) * 3
    const bright = [0, 1, 2].map((channel) => (pixels[index + channel] ?? 0) > 128)
    return bright.every(Boolean) ? 'w' : ['r', 'g', 'b'].filter((_, channel) => bright[channel]).join('')
  }
  return at(0.25, 0.25) + at(0.75, 0.25) + at(0.25, 0.75) + at(0.75, 0.75)
}
