import { expect, it } from 'vitest'
import { parseCameraUrl } from '../lib/camera-url.ts'
import { shownAddress } from './shown-address.ts'

it.each([
  ['rtsp://u:canary@10.0.0.1:554/cam?channel=1&subtype=1', 'rtsp://10.0.0.1:554/cam?channel=1&subtype=1'],
  ['rtsp://10.0.0.1/user=admin_password=canary_channel=1_stream=0.sdp', 'rtsp://10.0.0.1/user=admin_password=***'],
  ['rtsp://10.0.0.1/user=admin&password=canary&channel=1', 'rtsp://10.0.0.1/user=admin&password=***&channel=1'],
  ['rtsp://10.0.0.1/live?token=canary', 'rtsp://10.0.0.1/live?token=***'],
  ['rtsp://[fe80::1]/1', 'rtsp://[fe80::1]/1'],
])('shows an address without any secret: %s', (address, shown) => {
  expect(shownAddress(parseCameraUrl(address))).toBe(shown)
})
