import { describe, expect, it } from 'vitest'
import { parseCameraUrl } from '../../lib/camera-url.ts'
import { advise } from './advise.ts'
import type { CameraFindings } from './camera-findings.ts'
import { formatSpan } from './format-span.ts'

const FINE: CameraFindings = {
  givesPictures: true,
  error: null,
  obstacle: null,
  marks: {},
  connectMs: 3,
  login: 'accepted',
  codec: 'h264',
  width: 640,
  height: 360,
  nominalFps: 25,
  fps: 24.9,
  gop: { pictures: 50, seconds: 2, isWhole: true },
  bitsPerSecond: 1e6,
  packetsLost: 0,
  offers: [],
  clockOffsetMs: 200,
  firstPictureMs: 300,
}
const camera = { source: { kind: 'rtsp', url: parseCameraUrl('rtsp://192.168.1.20/') } } as Parameters<typeof advise>[1]
const adviceFor = (findings: Partial<CameraFindings>) => advise({ ...FINE, ...findings }, camera)

describe('advice to the owner of a camera', () => {
  it('is not given where nothing is to be changed', () => {
    expect(adviceFor({})).toEqual([])
  })

  it.each<[string, Partial<CameraFindings>, string]>([
    [
      'keyframes are far apart',
      { gop: { pictures: 250, seconds: 10, isWhole: true } },
      'only every 250 pictures (10 s): set the I-frame interval',
    ],
    [
      'no second keyframe came',
      { gop: { pictures: 350, seconds: 14, isWhole: false } },
      'only every more than 350 pictures (14 s)',
    ],
    ['no rate is promised', { nominalFps: null }, 'set a fixed frame rate'],
    ['fewer pictures come than promised', { fps: 8 }, 'promises 25 pictures a second and sends 8'],
    ['packets get lost', { packetsLost: 7 }, '7 packets were lost'],
    [
      'the clock is years behind',
      { clockOffsetMs: -26 * 365.25 * 86_400e3 },
      "clock is 26 years behind this machine's: set its time, or an NTP server",
    ],
    ['the clock is ahead', { clockOffsetMs: 3_600_000 }, "60 min ahead of this machine's"],
    ['anybody can watch', { login: 'not-asked-for' }, 'asks nobody for a password'],
    ['the password is wrong', { error: { code: 'auth_failed', message: '' }, givesPictures: false }, 'lock an account'],
    [
      'the path is wrong',
      { error: { code: 'stream_not_found', message: '' }, givesPictures: false },
      '/cam/realmonitor?channel=1&subtype=1',
    ],
    ['it has no free session', { error: { code: 'busy', message: '' }, givesPictures: false }, 'Let one program hold the camera'],
  ])('is one sentence when %s', (_, findings, sentence) => {
    expect(adviceFor(findings)).toEqual([expect.stringContaining(sentence)])
  })

  it('does not ask for a password where only this machine can watch', () => {
    const local = { source: { kind: 'rtsp', url: parseCameraUrl('rtsp://127.0.0.1/') } } as Parameters<typeof advise>[1]
    expect(advise({ ...FINE, login: 'not-asked-for' }, local)).toEqual([])
  })
})

it.each([
  [0.36, '0.4 s'],
  [12.3, '12 s'],
  [119, '2 min'],
  [7200, '2 hours'],
  [3 * 86_400, '3 days'],
  [366 * 86_400, '1 year'],
  [40 * 365.25 * 86_400, '40 years'],
])('%d seconds are told as %s', (seconds, text) => {
  expect(formatSpan(seconds)).toBe(text)
})
