import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../test/e2e/gateway-process.ts'
import { startGateway } from '../gateway.ts'
import { runContender, type StartContender } from './contender.ts'

/** The built gateway. */
export const startAtalaya: StartContender = async (cameraUrl) => {
  const gateway = await startGateway([cameraUrl])
  const { pid, url } = gateway
  return { name: 'atalaya', pid, url: `${url}/camera/1`, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() }
}

/** The `ffmpeg` command, as people put it behind their own servers; here it serves its one viewer itself. */
export const startFfmpeg: StartContender = async (cameraUrl) => {
  const url = `http://127.0.0.1:${await freePort()}/`
  const input = ['-rtsp_transport', 'tcp', '-i', cameraUrl]
  const output = ['-an', '-c:v', 'mjpeg', '-q:v', '4', '-f', 'mpjpeg', '-listen', '1', url]
  return runContender('ffmpeg', ['ffmpeg', '-v', 'error', ...input, ...output], url)
}

/** Flask, Waitress and OpenCV: a thread for each camera, and every picture coded for every viewer. */
export const startFlask: StartContender = (cameraUrl) => startPython('flask', 'flask_opencv.py', cameraUrl)

/** FastAPI, uvicorn and OpenCV: every viewer takes pictures from one capture. */
export const startFastApi: StartContender = (cameraUrl) => startPython('fastapi', 'fastapi_opencv.py', cameraUrl)

/** motion, which detects nothing here and only shows the camera. */
export const startMotion: StartContender = async (cameraUrl, { width, height } = { width: 960, height: 540 }) => {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-'))
  const port = await freePort()
  const settings = [
    ...['daemon off', 'setup_mode off', 'log_level 2', `target_dir ${folder}`],
    ...[`netcam_url ${cameraUrl}`, `width ${width}`, `height ${height}`, 'framerate 30'],
    ...['picture_output off', 'movie_output off', 'emulate_motion off', 'pause on', 'webcontrol_port 0'],
    ...[`stream_port ${port}`, 'stream_localhost on', 'stream_maxrate 30', 'stream_motion off', 'stream_quality 80'],
    ...['text_left', 'text_right'], // it would write over the number of the picture
  ]
  await writeFile(join(folder, 'motion.conf'), `${settings.join('\n')}\n`)
  const command = ['motion', '-n', '-c', join(folder, 'motion.conf')]
  const motion = await runContender('motion', command, `http://127.0.0.1:${port}/`)
  const stop = async () => {
    await motion[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }
  return { ...motion, [Symbol.asyncDispose]: stop }
}

async function startPython(name: string, script: string, cameraUrl: string) {
  const port = await freePort()
  const file = fileURLToPath(new URL(`../peers/${script}`, import.meta.url))
  // The system's Python: its packages come from the distribution.
  const command = ['/usr/bin/python3', file, cameraUrl, String(port)]
  return runContender(name, command, `http://127.0.0.1:${port}/camera/1`)
}
