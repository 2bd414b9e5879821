import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommand } from './run-command.ts'
import { temporaryFolder } from './temporary-folder.ts'

const CANARY = 'canary7pass'
const folder = temporaryFolder()
const run = (args: string[], environment: Record<string, string> = {}) => runCommand(args, { folder: folder.path, environment })

/** Imports text as a file of this name; what `atalaya check` then says of the result. */
async function importText(name: string, text: string, environment: Record<string, string> = {}) {
  await writeFile(join(folder.path, name), text)
  const imported = await run(['import', name, '-o', 'atalaya.yaml', '--force'])
  const yaml = await readFile(join(folder.path, 'atalaya.yaml'), 'utf8')
  const checked = await run(['check', 'atalaya.yaml', '--json'], environment)
  return { ...imported, yaml, cameras: yaml.slice(yaml.indexOf('cameras:')), checked: JSON.parse(checked.stdout) }
}

const FLASK = `# -*- coding: utf-8 -*-
import os

USER = "admin"
PASS = '${CANARY}@/#1'
DEBUG = True
PORT = 5001
HOST = "0.0.0.0"

CAMERAS = {
    "1": {
        "ip": "192.168.50.211",
        "user": USER,
        "password": PASS,
        "rtsp": f"rtsp://{USER}:{PASS}@192.168.50.211:554/cam/realmonitor?channel=1&subtype=1",
    },
    "2": {"ip": "192.168.50.212", "nombre": "Puerta", "rtsp": "rtsp://%s:%s@192.168.50.212/x" % (USER, PASS), "zoom": 2},
    "3": "rtsp://" + os.environ.get("CAM_USER", "admin") + ":" + os.environ["CAM_PASS"] + "@192.168.50.213/x",
    4: os.getenv("CAM4_URL", "rtsp://10.0.0.4/${CANARY}"),
    "usb": 0,
    "cámara cinco": "rtsp://10.0.0.5/",
    "six": build_url(6),
}
`

describe('atalaya import of config.py', () => {
  it('carries cameras over as they are, keeps the environment, and says what it left out', async () => {
    const { exitCode, stdout, stderr, yaml, cameras, checked } = await importText('config.py', FLASK, { CAM_PASS: 'x' })
    expect(exitCode).toBe(0)
    expect(cameras).toBe(`cameras:
  "1":
    ip: "192.168.50.211"
    user: "admin"
    password: "${CANARY}@/#1"
    url: "rtsp://192.168.50.211:554/cam/realmonitor?channel=1&subtype=1"
  "2":
    name: "Puerta"
    ip: "192.168.50.212"
    user: "admin"
    password: "${CANARY}@/#1"
    url: "rtsp://192.168.50.212/x"
  "3":
    user: "\${CAM_USER:-admin}"
    password: "\${CAM_PASS}"
    url: "rtsp://192.168.50.213/x"
  "4":
    url: "\${CAM4_URL:-rtsp://10.0.0.4/${CANARY}}"
  "usb":
    url: "0"
  "camara-cinco":
    url: "rtsp://10.0.0.5/"
`)
    const notes = [
      'config.py:6: DEBUG is not carried over: atalaya serve --log-level debug says more',
      'config.py:8: HOST is not carried over: others than this machine are let in by server.host together with auth, see docs/configuration.md',
      'config.py:11: camera 1 can be moved as well, if it has a motor, with brand: amcrest or brand: dahua beside its address',
      'config.py:17: camera 2: zoom is not carried over',
      'config.py:21: camera "cámara cinco" is called camara-cinco here: ids are part of addresses',
      'config.py:22: camera six is not carried over: the call of build_url() is not run',
    ]
    expect(stderr.split('\n').slice(0, -2)).toEqual(notes)
    expect(yaml.match(/^# {3}config\.py.*$/gm)?.map((line) => line.slice(4))).toEqual(notes)
    expect(stdout + stderr).not.toContain(CANARY)
    expect(stderr).toMatch(/atalaya\.yaml: 6 cameras, readable by you alone\. Next: atalaya check atalaya\.yaml --connect\n$/)
    expect((await stat(join(folder.path, 'atalaya.yaml'))).mode & 0o777).toBe(0o600)
    expect(checked).toMatchObject({ valid: true, server: { port: 5001 }, warnings: [] })
    expect(checked.cameras.map(({ id, hasLogin }: { id: string; hasLogin: boolean }) => [id, hasLogin])).toEqual([
      ['1', true],
      ['2', true],
      ['3', true],
      ['4', false],
      ['usb', false],
      ['camara-cinco', false],
    ])
  })

  it('shows the result on a screen without passwords', async () => {
    await writeFile(join(folder.path, 'config.py'), FLASK)
    const { exitCode, stdout, stderr } = await run(['import', 'config.py'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('# Passwords are hidden here: -o atalaya.yaml writes them.')
    expect(stdout).toContain('    password: "***"\n')
    expect(stdout + stderr).not.toContain(CANARY)
  })

  it.each([
    ['a list', `CAMARAS = ['rtsp://a/1', {'id': 'yard', 'url': 'rtsp://b/2'}]`, ['1', 'yard']],
    ['a dict of addresses', `RTSP_URLS = {'a': 'rtsp://a/', 'b': 'rtsp://b/'}\nCAMERA_NAMES = {'a': 'Arena'}`, ['a', 'b']],
    ['one address, as the FastAPI service has it', `import cv2\nRTSP_URL = os.environ.get('RTSP_URL', 'rtsp://a/1')\n`, ['1']],
    ['entries one by one', `CAMERAS = {}\nCAMERAS['x'] = dict(ip='10.0.0.1', rtsp='rtsp://10.0.0.1/')`, ['x']],
    ['addresses made of constants', `BASE = 'rtsp://u:p@h/'\nCAMS = {'a': BASE + '1', 'b': BASE + '2'}`, ['a', 'b']],
  ])('understands %s', async (_, text, ids) => {
    const { exitCode, checked } = await importText('config.py', text)
    expect(exitCode).toBe(0)
    expect(checked.cameras.map(({ id }: { id: string }) => id)).toEqual(ids)
  })
})

describe('atalaya import of other services', () => {
  it('takes the streams of go2rtc', async () => {
    const { cameras, stderr, stdout, checked } = await importText(
      'go2rtc.yaml',
      `api: { listen: ":1984" }
streams:
  yard: rtsp://admin:${CANARY}@10.0.0.1/1#backchannel=0
  door:
    - ffmpeg:rtsp://admin:\${PW:${CANARY}}@10.0.0.2/1#video=h264
    - rtsp://10.0.0.2/2
  odd name: rtsp://10.0.0.3/
  cmd: exec:something
`,
    )
    expect(checked.valid).toBe(true)
    expect(cameras).toBe(`cameras:
  "yard":
    user: "admin"
    password: "${CANARY}"
    url: "rtsp://10.0.0.1/1"
  "door":
    user: "admin"
    password: "\${PW:-${CANARY}}"
    url: "rtsp://10.0.0.2/1"
  "odd-name":
    url: "rtsp://10.0.0.3/"
`)
    expect(stdout + stderr).not.toContain(CANARY)
    for (const part of [
      '1: api: is not',
      '3: yard: the options behind #',
      '4: door: source 1 of 2',
      '4: door: taken without ffmpeg',
      '8: cmd is not',
    ])
      expect(stderr).toContain(`go2rtc.yaml:${part}`)
  })

  it('takes the paths of MediaMTX', async () => {
    const { cameras, stderr, checked } = await importText(
      'mediamtx.yml',
      `rtspAddress: :8554
pathDefaults:
  sourceOnDemand: yes
paths:
  cam/1:
    source: rtsp://admin:${CANARY}@10.0.0.1/1
    rtspTransport: tcp
  cam2: { source: "rtsp://10.0.0.2/", sourceOnDemand: no }
  live: {}
  all_others:
`,
    )
    expect(checked.valid).toBe(true)
    expect(cameras).toBe(`cameras:
  "cam-1":
    user: "admin"
    password: "${CANARY}"
    url: "rtsp://10.0.0.1/1"
    connect: "on-demand"
  "cam2":
    url: "rtsp://10.0.0.2/"
`)
    expect(stderr).not.toContain(CANARY)
    for (const part of [
      '1: rtspAddress',
      '7: cam/1: rtspTransport',
      '5: camera "cam/1" is called cam-1',
      '9: live is not',
      '10: all_others is not',
    ])
      expect(stderr).toContain(`mediamtx.yml:${part}`)
  })

  it('takes the cameras of motion, a file each', async () => {
    await writeFile(
      join(folder.path, 'camera1.conf'),
      `# motion\ncamera_name Yard gate\ncamera_id 101\nnetcam_url rtsp://10.0.0.1/1\nnetcam_userpass admin:${CANARY}:x\nwidth 640\n`,
    )
    await writeFile(join(folder.path, 'camera2.conf'), 'netcam_url = rtsp://10.0.0.2/1\nthreshold 1500\n')
    const { exitCode, stderr, stdout } = await run(['import', 'camera1.conf', 'camera2.conf', '-o', 'motion.yaml'])
    expect(exitCode).toBe(0)
    const yaml = await readFile(join(folder.path, 'motion.yaml'), 'utf8')
    expect(yaml.slice(yaml.indexOf('cameras:'))).toBe(`cameras:
  "101":
    name: "Yard gate"
    user: "admin"
    password: "${CANARY}:x"
    url: "rtsp://10.0.0.1/1"
  "camera2":
    url: "rtsp://10.0.0.2/1"
`)
    expect(stderr).toContain('camera1.conf:6: width is not carried over')
    expect(stderr).toContain('camera2.conf:2: threshold is not carried over')
    expect(stdout + stderr).not.toContain(CANARY)
    expect((await run(['check', 'motion.yaml'])).exitCode).toBe(0)
  })
})

describe('atalaya import', () => {
  it('writes over nothing unless it is told to', async () => {
    await writeFile(join(folder.path, 'one.py'), `CAMERAS = {'1': 'rtsp://h/'}`)
    await writeFile(join(folder.path, 'mine.yaml'), 'mine')
    const refused = await run(['import', 'one.py', '-o', 'mine.yaml'])
    expect(refused).toMatchObject({ exitCode: 2, stderr: 'mine.yaml exists: choose another name, or say --force.\n' })
    expect(await readFile(join(folder.path, 'mine.yaml'), 'utf8')).toBe('mine')
    await run(['import', 'one.py', '-o', 'mine.yaml', '--force'])
    expect((await stat(join(folder.path, 'mine.yaml'))).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['nowhere.py', undefined, 'nowhere.py cannot be read (ENOENT).'],
    ['note.txt', `just words ${CANARY}\n`, 'note.txt is no configuration that is known here: it takes config.py'],
    ['empty.py', `A = '${CANARY}'\n`, 'No camera was found in empty.py.'],
    ['cmd.yaml', `streams: { a: "exec:x" }\n`, 'No camera was found in cmd.yaml.'],
  ])('ends with 1 and a sentence where there is nothing to take: %s', async (name, text, sentence) => {
    if (text !== undefined) await writeFile(join(folder.path, name), text)
    const { exitCode, stdout, stderr } = await run(['import', name])
    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain(CANARY)
  })
})
