import { describe, expect, it } from 'vitest'
import { resolveBase, resolveControl } from './control-url.ts'

describe('control URLs', () => {
  const asked = 'rtsp://10.0.0.9:554/cam/realmonitor?channel=1&subtype=1'

  it.each([
    [undefined, asked],
    ['rtsp://10.0.0.9/live/', 'rtsp://10.0.0.9/live/'],
    ['rtsp://rtsp://10.0.0.9/live/', 'rtsp://10.0.0.9/live/'],
    ['rtsp://u:p@10.0.0.9/live/', 'rtsp://10.0.0.9/live/'],
    ['/live/', 'rtsp://10.0.0.9:554/live/'],
    ['10.0.0.9:554', asked],
    ['', asked],
  ])('begin from Content-Base %j', (stated, base) => {
    expect(resolveBase(asked, stated)).toBe(base)
  })

  it.each([
    ['rtsp://h/live/', 'trackID=1', 'rtsp://h/live/trackID=1'],
    ['rtsp://h/live', 'trackID=1', 'rtsp://h/live/trackID=1'],
    ['rtsp://h/live', '*', 'rtsp://h/live'],
    ['rtsp://h/live', undefined, 'rtsp://h/live'],
    ['rtsp://h/live/', 'rtsp://other/x', 'rtsp://other/x'],
    ['rtsp://h/live/', 'rtsp://u:p@other/x', 'rtsp://other/x'],
    ['rtsp://h/live/', '/live/track1', 'rtsp://h/live/track1'],
    ['rtsp://h/live/', '/track1', 'rtsp://h/live/track1'],
    ['rtsp://h/cam?channel=1&subtype=1/', 'trackID=0', 'rtsp://h/cam?channel=1&subtype=1/trackID=0'],
    ['rtsp://h/cam?channel=1', 'trackID=0', 'rtsp://h/cam?channel=1/trackID=0'],
    ['rtsp://h/live', '?track=1', 'rtsp://h/live?track=1'],
    ['rtsp://h', 'track1', 'rtsp://h/track1'],
  ])('put %s and %s together', (base, control, url) => {
    expect(resolveControl(base, control)).toBe(url)
  })
})
