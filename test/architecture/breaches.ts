import { dirname, relative } from 'node:path'

/** A file that breaks one rule of the house, and the rule that must report it. */
export interface Breach {
  readonly title: string
  /** Biome's name of the rule, or a part of its message. */
  readonly rule: string
  /** Path in a copy of the project; several files where one alone is innocent. */
  readonly files: Readonly<Record<string, string>>
}

const LAYER = 'lint/style/noRestrictedImports'

/** `importer` may not import `imported`; both are paths below src/. */
function layer(importer: string, imported: string): Breach {
  const path = relative(dirname(importer), imported)
  const specifier = imported.startsWith('node-av') ? imported : path.startsWith('.') ? path : `./${path}`
  return {
    title: `${importer} imports ${imported}`,
    rule: LAYER,
    files: { [`src/${importer}`]: `import { thing } from '${specifier}'\n\nexport const other = thing\n` },
  }
}

/** One breach of every rule that a layer has. */
export const LAYER_BREACHES: readonly Breach[] = [
  layer('lib/backoff.ts', 'media/packet.ts'),
  layer('telemetry/metrics.ts', 'media/packet.ts'),
  layer('api/schema.ts', 'config/config.ts'),
  layer('media/packet.ts', 'config/config.ts'),
  layer('config/config.ts', 'rtsp/client.ts'),
  layer('config/config.ts', 'auth/access.ts'),
  layer('auth/access.ts', 'rtsp/client.ts'),
  layer('auth/access.ts', 'cameras/camera.ts'),
  layer('rtsp/client.ts', 'engine/engine.ts'),
  layer('rtsp/client.ts', 'onvif/soap.ts'),
  layer('onvif/soap.ts', 'rtsp/client.ts'),
  layer('onvif/soap.ts', 'engine/engine.ts'),
  layer('config/config.ts', 'onvif/soap.ts'),
  layer('engine/pool.ts', 'sources/source.ts'),
  layer('engine/pool.ts', 'engine/child/decoder.ts'),
  layer('engine/pool.ts', 'node-av/lib'),
  layer('engine/child/decoder.ts', 'sources/source.ts'),
  layer('sources/file-source.ts', 'cameras/camera.ts'),
  layer('sources/file-source.ts', 'sources/rtsp/rtsp-source.ts'),
  layer('sources/file-source.ts', 'sources/test-source.ts'),
  layer('sources/file-source.ts', 'engine/child/decoder.ts'),
  layer('sources/rtsp/rtsp-source.ts', 'cameras/camera.ts'),
  layer('sources/rtsp/rtsp-source.ts', 'sources/file-source.ts'),
  layer('sources/rtsp/rtsp-source.ts', 'sources/device/device-source.ts'),
  layer('sources/open-source.ts', 'cameras/camera.ts'),
  layer('cameras/camera.ts', 'delivery/mjpeg.ts'),
  layer('cameras/camera.ts', 'node-av'),
  layer('delivery/mjpeg.ts', 'server/server.ts'),
  layer('delivery/mjpeg.ts', 'delivery/hls/playlist.ts'),
  layer('delivery/mjpeg.ts', 'delivery/snapshot.ts'),
  layer('delivery/mjpeg-stream.ts', 'delivery/mjpeg.ts'),
  layer('delivery/hls/playlist.ts', 'server/server.ts'),
  layer('delivery/hls/playlist.ts', 'delivery/mjpeg.ts'),
  layer('delivery/hls/playlist.ts', 'delivery/wall/wall.ts'),
  layer('server/server.ts', 'gateway.ts'),
  layer('gateway.ts', 'cli/serve.ts'),
  layer('gateway.ts', 'library/camera.ts'),
  layer('library/camera.ts', 'cli/serve.ts'),
  layer('index.ts', 'main.ts'),
  layer('cli/serve.ts', 'main.ts'),
  {
    title: 'web/ imports the inside of the gateway',
    rule: LAYER,
    files: { 'web/wall.ts': "import { camera } from '../src/cameras/camera.ts'\n\nexport const other = camera\n" },
  },
  {
    title: 'a type is imported from a layer above',
    rule: LAYER,
    files: { 'src/lib/backoff.ts': "import type { Packet } from '../media/packet.ts'\n\nexport type Other = Packet\n" },
  },
  {
    title: 'a layer above is imported at run time',
    rule: LAYER,
    files: { 'src/lib/backoff.ts': "export const late = await import('../media/packet.ts')\n" },
  },
  {
    title: 'a layer above is passed on',
    rule: LAYER,
    files: { 'src/lib/backoff.ts': "export { packet } from '../media/packet.ts'\n" },
  },
]

/** Statements that stand alone in `src/lib/planted.ts`. */
function planted(rule: string, code: string): Breach {
  return { title: rule.slice(rule.lastIndexOf('/') + 1), rule, files: { 'src/lib/planted.ts': code } }
}

/** One breach of every rule about how code is written. */
export const CODE_BREACHES: readonly Breach[] = [
  planted('lint/complexity/useMaxParams', 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => a + b + c + d + e\n'),
  planted('lint/correctness/noUnusedImports', "import { x } from './x.ts'\n\nexport const y = 1\n"),
  planted('lint/correctness/noUnusedVariables', 'const x = 1\n\nexport const y = 1\n'),
  planted('lint/nursery/noFloatingPromises', 'async function work() {}\n\nexport function start() {\n  work()\n}\n'),
  planted('lint/nursery/noMisusedPromises', 'const late = Promise.resolve(true)\n\nexport const y = late ? 1 : 2\n'),
  planted(
    'lint/nursery/useExhaustiveSwitchCases',
    "export function f(x: 'a' | 'b') {\n  switch (x) {\n    case 'a':\n      return 1\n  }\n}\n",
  ),
  planted('lint/performance/noReExportAll', "export * from './x.ts'\n"),
  planted('lint/performance/noBarrelFile', "export { x } from './x.ts'\n"),
  planted('lint/style/noDefaultExport', 'export default 1\n'),
  planted('lint/style/noEnum', 'export enum Colour {\n  Red,\n}\n'),
  planted('lint/style/noExcessiveLinesPerFile', Array.from({ length: 401 }, (_, n) => `export const x${n} = ${n}\n`).join('')),
  planted('lint/style/noParameterProperties', 'export class Thing {\n  constructor(readonly x: number) {}\n}\n'),
  planted(
    'lint/style/useErrorCause',
    "export function f(g: () => void) {\n  try {\n    g()\n  } catch (error) {\n    throw new Error('failed')\n  }\n}\n",
  ),
  planted('lint/style/useImportType', "import { X } from './x.ts'\n\nexport type Y = X\n"),
  planted('lint/style/useNodejsImportProtocol', "import { join } from 'path'\n\nexport const y = join('a')\n"),
  planted('lint/style/useThrowOnlyError', "export function f() {\n  throw 'failed'\n}\n"),
  planted('lint/suspicious/noConsole', "console.log('here')\n"),
  planted('lint/suspicious/noEmptyBlockStatements', 'export function f(g: () => void) {\n  try {\n    g()\n  } catch {}\n}\n'),
  planted('lint/suspicious/noExplicitAny', 'export const x: any = 1\n'),
  planted('format', 'export const x = "1";\n'),
  {
    title: 'noFocusedTests',
    rule: 'lint/suspicious/noFocusedTests',
    files: { 'src/lib/x.test.ts': "import { it } from 'vitest'\n\nit.only('works', () => undefined)\n" },
  },
  {
    title: 'noSkippedTests',
    rule: 'lint/suspicious/noSkippedTests',
    files: { 'src/lib/x.test.ts': "import { it } from 'vitest'\n\nit.skip('works', () => undefined)\n" },
  },
  {
    title: 'useFilenamingConvention',
    rule: 'lint/style/useFilenamingConvention',
    files: { 'src/lib/rateMeter.ts': 'export const x = 1\n' },
  },
  {
    title: 'useImportExtensions',
    rule: 'lint/correctness/useImportExtensions',
    files: {
      'src/lib/egg.ts': 'export const egg = 1\n',
      'src/lib/hen.ts': "import { egg } from './egg'\n\nexport const hen = egg\n",
    },
  },
  {
    title: 'noImportCycles',
    rule: 'lint/suspicious/noImportCycles',
    files: {
      'src/lib/hen.ts': "import { egg } from './egg.ts'\n\nexport const hen = () => egg()\n",
      'src/lib/egg.ts': "import { hen } from './hen.ts'\n\nexport const egg = (): unknown => hen()\n",
    },
  },
]

/** What the rules must let through: each layer importing those below it, the child side loading libav, types that form a ring. */
export const CLEAN_FILES: Readonly<Record<string, string>> = {
  'src/lib/backoff.ts': "import { fail } from '../api/errors.ts'\n\nexport const backoff = () => fail()\n",
  'src/api/errors.ts': "import type { Packet } from '../media/packet.ts'\n\nexport const fail = (packet?: Packet) => packet\n",
  'src/media/packet.ts': "import type { Ring } from './ring.ts'\n\nexport type Packet = Ring | 1\n",
  'src/media/ring.ts': "import type { Packet } from './packet.ts'\n\nexport type Ring = readonly Packet[]\n",
  'src/engine/child/decoder.ts': "import { Decoder } from 'node-av/lib'\n\nexport const decoder = new Decoder()\n",
  'src/sources/source.ts': "import type { Packet } from '../media/packet.ts'\n\nexport type Source = () => Packet\n",
  'src/sources/rtsp/rtsp-source.ts':
    "import type { Source } from '../source.ts'\nimport { session } from './session.ts'\n\nexport const rtsp: Source = () => session\n",
  'src/sources/rtsp/session.ts': 'export const session = 1\n',
  'src/sources/open-source.ts': "import { rtsp } from './rtsp/rtsp-source.ts'\n\nexport const openSource = () => rtsp\n",
  'src/delivery/mjpeg.ts': "import { viewer } from './viewer.ts'\n\nexport const mjpeg = viewer\n",
  'src/delivery/mjpeg.test.ts':
    "import { playlist } from './hls/playlist.ts'\nimport { mjpeg } from './mjpeg.ts'\n\nif (mjpeg !== playlist) throw new Error('differ')\n",
  'src/delivery/viewer.ts': 'export const viewer = 1\n',
  'src/delivery/hls/playlist.ts': "import { viewer } from '../viewer.ts'\n\nexport const playlist = viewer\n",
  'src/gateway.ts': "import { playlist } from './delivery/hls/playlist.ts'\n\nexport const gateway = () => playlist\n",
  'src/index.ts': "export { gateway } from './gateway.ts'\n",
  'src/cli/serve.ts':
    "import { gateway } from '../gateway.ts'\n\nexport function serve() {\n  console.log('serving')\n  return gateway()\n}\n",
  'src/main.ts': "import { serve } from './cli/serve.ts'\n\nserve()\n",
  'vitest.config.ts': 'export default {}\n',
}
