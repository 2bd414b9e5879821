import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the clone, without a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).slice(0, -1)

const modules = join(root, 'node_modules')
const windows = process.platform === 'win32'

/** The Node.js that the project is developed with, once it is installed; undefined when its install script was not run. */
export function developmentNode() {
  const path = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node')
  return existsSync(path) ? path : undefined
}

/** The Node.js of this machine, as a user has it: not the one in node_modules. Undefined where there is none. */
export function systemNode() {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, windows ? 'node.exe' : 'node'))
  const candidates = [process.env['ATALAYA_SYSTEM_NODE'], process.env['npm_node_execpath'], process.execPath, ...onPath]
  return candidates.find((path) => path && !path.includes(`${sep}node_modules${sep}`) && existsSync(path))
}

/**
 * The command that runs npm: the npm that called us with the Node.js that it runs on, for each npm refuses some versions of
 * Node.js; `npm` from the path when a script was started by hand.
 * @returns {[command: string, ...args: string[]]}
 */
export function npmCommand() {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  if (npm && node && /npm-cli\.c?js$/.test(npm) && existsSync(npm) && existsSync(node)) return [node, npm]
  return [windows ? 'npm.cmd' : 'npm']
}

/** Environment for the project's own tools: `node` is the development one, and the system's remains known. */
export function toolEnvironment() {
  const path = `${join(modules, '.bin')}${delimiter}${process.env['PATH'] ?? ''}`
  return { ...process.env, PATH: path, ATALAYA_SYSTEM_NODE: systemNode() ?? '' }
}

/**
 * Runs the program of an installed package on the development Node.js, with our input and output, and returns its exit code.
 * @param {string} script path inside node_modules
 * @param {readonly string[]} args
 */
export function runTool(script, args) {
  const { status, error } = spawnSync(developmentNode() ?? process.execPath, [join(modules, script), ...args], {
    cwd: root,
    env: toolEnvironment(),
    stdio: 'inherit',
  })
  if (error) throw error
  return status ?? 1
}
