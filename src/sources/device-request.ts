import { stat } from 'node:fs/promises'
import { AtalayaError } from '../api/errors.ts'
import type { CaptureConfig } from '../config/config.ts'
import type { InputRequest } from '../engine/engine.ts'
import { listDevices } from './usb-devices.ts'

/** The path of a USB camera and what it is asked for, as libav opens it. */
export async function deviceRequest(device: string, capture: CaptureConfig): Promise<InputRequest> {
  try {
    await stat(device)
  } catch (error) {
    throw unplugged(device, await listDevices(), error)
  }
  return { kind: 'device', address: device, name: device, options: optionsOf(capture) }
}

/** One set for each format that may be meant; the last takes whatever the camera has. */
function optionsOf({ width, height, fps, format }: CaptureConfig): Record<string, string>[] {
  const size = width !== undefined && height !== undefined ? { video_size: `${width}x${height}` } : {}
  const rate = fps === undefined ? {} : { framerate: `${fps}` }
  const formats = format === undefined ? ['mjpeg', 'h264', undefined] : [format === 'yuyv' ? 'yuyv422' : format]
  return formats.map((name) => ({ ...size, ...rate, ...(name !== undefined && { input_format: name }) }))
}

function unplugged(device: string, devices: readonly string[], cause: unknown): AtalayaError {
  const wanted = /^\/dev\/video(\d+)$/.exec(device)?.[1] ?? device
  const there = devices.length === 0 ? 'no USB camera is plugged in' : `there are: ${devices.join(', ')}`
  return new AtalayaError('unplugged', `There is no camera ${wanted}; ${there}.`, { cause })
}
