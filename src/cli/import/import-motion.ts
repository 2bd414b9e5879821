import type { ImportedCamera, ImportedConfig, ImportNote } from './imported-config.ts'

/** Reads one camera of motion: `camera*.conf`, or a `motion.conf` with a camera of its own. */
export function importMotion(text: string): ImportedConfig {
  const notes: ImportNote[] = []
  const settings = new Map<string, { value: string; line: number }>()
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const [, key = '', value = ''] = /^\s*([a-z][a-z0-9_]*)\s*(?:=\s*|\s)(.*?)\s*$/i.exec(content) ?? []
    const line = index + 1
    if (key === 'camera' || key === 'thread' || key === 'camera_dir')
      notes.push({ line, message: `${key}: the file it names is not read: name it too, atalaya import camera*.conf` })
    else if (key) settings.set(key, { value: value.replace(/^"(.*)"$/, '$1'), line })
  }
  for (const [key, { line }] of settings)
    if (!CARRIED.has(key)) notes.push({ line, message: NOTES[key] ?? `${key} is not carried over` })
  const cameras = toCamera((...keys) => keys.map((key) => settings.get(key)).find((found) => found && found.value !== ''))
  return { cameras, notes }
}

type Setting = (...keys: string[]) => { readonly value: string; readonly line: number } | undefined

function toCamera(setting: Setting): ImportedCamera[] {
  const address = setting('netcam_url', 'videodevice', 'video_device', 'v4l2_device')
  if (!address) return []
  const name = setting('camera_name')
  const [user, password] = splitOnce(setting('netcam_userpass')?.value ?? '')
  return [
    {
      id: setting('camera_id')?.value ?? name?.value ?? '',
      line: address.line,
      address: [address.value],
      ...(name && { name: [name.value] }),
      ...(user && { user: [user] }),
      ...(password && { password: [password] }),
    },
  ]
}

function splitOnce(userinfo: string): [string, string] {
  const colon = userinfo.indexOf(':')
  return colon < 0 ? [userinfo, ''] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)]
}

const CARRIED: ReadonlySet<string> = new Set([
  ...['netcam_url', 'netcam_userpass', 'videodevice', 'video_device', 'v4l2_device', 'camera_name', 'camera_id'],
])

const NOTES: Readonly<Record<string, string>> = {
  width: 'width is not carried over: it is what motion expects of the camera; pictures can be had smaller with ?width=',
  height: 'height is not carried over: it is what motion expects of the camera; pictures can be had smaller with ?height=',
  stream_port: 'stream_port is not carried over: all cameras are at one port, by their ids',
  netcam_high_url: 'netcam_high_url is not carried over: one stream of a camera is taken',
}
