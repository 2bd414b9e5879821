import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const SYSTEM = '/sys/class/video4linux'

/** The USB cameras of this machine for people to read, such as `0 = /dev/video0 (HD Webcam)`; none where the system has no such list. */
export async function listDevices(folder = SYSTEM): Promise<string[]> {
  const nodes = (await readdir(folder).catch(() => [])).filter((name) => /^video\d+$/.test(name))
  nodes.sort(new Intl.Collator('en', { numeric: true }).compare)
  const lines = await Promise.all(nodes.map((node) => describeDevice(folder, node)))
  return lines.filter((line) => line !== undefined)
}

/** A camera has further nodes for its metadata: only the first, with index 0, gives pictures. */
async function describeDevice(folder: string, node: string): Promise<string | undefined> {
  const read = (name: string) => readFile(join(folder, node, name), 'utf8').catch(() => '')
  const [name, index] = [(await read('name')).trim(), (await read('index')).trim()]
  if (index !== '' && index !== '0') return undefined
  return `${node.slice('video'.length)} = /dev/${node}${name === '' ? '' : ` (${name})`}`
}
