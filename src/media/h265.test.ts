import { describe, expect, it } from 'vitest'
import { ffmpeg, hasFfmpeg } from '../../test/engine/clips.ts'
import { splitAnnexB } from './annex-b.ts'
import { H265_NAL, h265NalType } from './h265.ts'
import { H265ParameterSets } from './h265-parameter-sets.ts'
import { parseH265Sps } from './h265-sps.ts'
import { H265_SYNTAX } from './h265-syntax.ts'

/** The NAL units of a clip as x265 codes it. */
async function clip(size: string, rate: string, ...options: string[]): Promise<Uint8Array[]> {
  const input = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}`, '-frames:v', '6']
  const x265 = ['-c:v', 'libx265', '-x265-params', ['log-level=none', 'repeat-headers=1', ...options].join(':')]
  return [...splitAnnexB(await ffmpeg([...input, '-pix_fmt', 'yuv420p', ...x265, '-f', 'hevc', 'pipe:1']))]
}

const ofType = (nals: readonly Uint8Array[], type: number) => nals.filter((nal) => h265NalType(nal[0] ?? 0) === type)

describe.runIf(hasFfmpeg)('an H.265 stream of x265', () => {
  it.each([
    ['640x360', '25', { width: 640, height: 360, fps: 25, reordered: 2 }, []],
    ['322x182', '30000/1001', { width: 322, height: 182, fps: 29.97, reordered: 2 }, ['bframes=3', 'temporal-layers=1']],
    [
      '1280x720',
      '12',
      { width: 1280, height: 720, fps: 12, reordered: 0 },
      ['bframes=0', 'scaling-list=default', 'videoformat=pal', 'colorprim=bt709'],
    ],
  ])('tells its size and rate (%s at %s)', async (size, rate, expected, options) => {
    const [sps] = ofType(await clip(size, rate, ...options), H265_NAL.SPS)
    expect(parseH265Sps(sps!)).toMatchObject({ profile: 1, id: 0, vps: 0, ...expected })
  })

  it('has its pictures begin where they begin, at a keyframe first', async () => {
    const nals = await clip('320x180', '25', 'bframes=0', 'slices=2')
    const slices = nals.filter((nal) => H265_SYNTAX.kindOf(nal[0] ?? 0) === 'slice')
    const starts = slices.map((nal) => H265_SYNTAX.parseSlice(nal[0] ?? 0, nal.subarray(2)))
    expect(starts.filter((slice) => slice?.isFirst)).toHaveLength(6)
    expect(starts.map((slice) => slice?.isRandomAccess)[0]).toBe(true)
    expect(starts.at(-1)?.isRandomAccess).toBe(false)
  })

  it('has parameter sets that are complete when all three kinds are there, and stay the same object', async () => {
    const nals = await clip('320x180', '25')
    const sets = new H265ParameterSets()
    const [vps, sps, pps] = [H265_NAL.VPS, H265_NAL.SPS, H265_NAL.PPS].map((type) => ofType(nals, type)[0]!)
    expect(sets.add(pps!)).toBe(true)
    expect(sets.add(sps!)).toBe(true)
    expect(sets.setsOf(0)).toBeUndefined()
    expect(sets.add(vps!)).toBe(true)
    expect(sets.setsOf(0)?.all).toEqual([vps, sps, pps].map((nal) => Buffer.from(nal!)))
    const known = sets.setsOf(0)?.sps
    expect(sets.add(Buffer.from(sps!))).toBe(false)
    expect(sets.setsOf(0)?.sps).toBe(known)
  })

  it('is refused with a reason where its SPS is cut off', async () => {
    const [sps] = ofType(await clip('320x180', '25'), H265_NAL.SPS)
    expect(() => parseH265Sps(sps!.subarray(0, 16))).toThrow(expect.objectContaining({ code: 'protocol_error' }))
    expect(() => parseH265Sps(Buffer.from([0x40, 1, 2]))).toThrow(expect.objectContaining({ code: 'protocol_error' }))
    for (let length = 0; length < sps!.length; length++) new H265ParameterSets().add(sps!.subarray(0, length))
  })
})
