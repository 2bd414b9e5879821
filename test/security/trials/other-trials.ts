import { equal, ok } from 'node:assert/strict'
import { parseConfigText } from '../../../src/config/load-config.ts'
import { H264_SYNTAX } from '../../../src/media/h264-syntax.ts'
import { parseJpegHeader } from '../../../src/media/jpeg.ts'
import { micros } from '../../../src/media/time.ts'
import { AccessUnits } from '../../../src/rtsp/access-units.ts'
import { H264Depacketizer } from '../../../src/rtsp/h264-depacketizer.ts'
import { SizeLimit } from '../../../src/sources/size-limit.ts'
import type { Trial } from '../trial.ts'

export const OTHER_TRIALS: readonly Trial[] = [
  {
    id: 'X56',
    what: {
      en: 'video that never ends a picture: one byte, 64 MB of fragments, false lengths, a million units',
      es: 'vídeo que nunca acaba una imagen: un byte, 64 MB de fragmentos, longitudes falsas, un millón de unidades',
    },
    answer: { en: 'dropped at a limit', es: 'se descarta al llegar a un límite' },
    run: async () => {
      let longest = 0
      const units = new AccessUnits(H264_SYNTAX, ({ data }) => {
        longest = Math.max(longest, data.length)
      })
      const depacketizer = new H264Depacketizer(units)
      let sequence = 0
      const send = (payload: Buffer) =>
        depacketizer.accept(
          { payloadType: 96, marker: false, sequence: sequence++ & 0xffff, timestamp: 1, ssrc: 1, payload },
          micros(1),
        )
      send(Buffer.from([0x1c]))
      send(Buffer.from([0x78, 0xff, 0xff, 0x65])) // an aggregate that claims more than there is
      send(Buffer.from([0x7c, 0x85, 0]))
      const before = process.memoryUsage().arrayBuffers
      const fragment = Buffer.concat([Buffer.from([0x7c, 0x05]), Buffer.alloc(64_000)])
      for (let count = 0; count < 1000; count++) send(fragment)
      for (let count = 0; count < 100_000; count++) send(Buffer.from([0x61, 0]))
      ok(process.memoryUsage().arrayBuffers - before < 40_000_000 && longest < 20_000_000)
    },
  },
  {
    id: 'X57',
    what: {
      en: 'a JPEG of 65,535 by 65,535 pixels, or with 50 MB of notes',
      es: 'un JPEG de 65 535 por 65 535 píxeles, o con 50 MB de notas',
    },
    answer: { en: 'not decoded: 50 megapixels are the most', es: 'no se decodifica: 50 megapíxeles como mucho' },
    run: async () => {
      const limit = new SizeLimit()
      ok(!limit.admits({ width: 65_535, height: 65_535 }))
      const note = Buffer.concat([Buffer.from([0xff, 0xe1, 0xff, 0xff]), Buffer.alloc(65_533)])
      const began = performance.now()
      equal(
        parseJpegHeader(Buffer.concat([Buffer.from([0xff, 0xd8]), ...Array(800).fill(note), Buffer.from([0xff, 0xd9])])),
        undefined,
      )
      ok(performance.now() - began < 2000)
    },
  },
  {
    id: 'X59',
    what: { en: 'a name with `\\n[ERROR] fake`, for the log', es: 'un nombre con `\\n[ERROR] fake`, para el registro' },
    answer: { en: '422; the log is one JSON object a line', es: '422; el registro es un objeto JSON por línea' },
    run: async (lab) => {
      const body = { id: 'log', name: 'a\n[ERROR] fake', url: 'test:clock' }
      equal((await lab.send('POST', '/api/cameras', body, { key: 'admin' })).status, 422)
    },
  },
  {
    id: 'X62',
    what: { en: 'two administrators change the same camera', es: 'dos administradores cambian la misma cámara' },
    answer: { en: '412 for the second', es: '412 para el segundo' },
    run: async (lab) => {
      const added = await lab.send('POST', '/api/cameras', { id: 'both', url: 'test:clock' }, { key: 'admin' })
      const headers = { 'if-match': String(added.headers.etag) }
      const change = (name: string) =>
        lab.send('PUT', '/api/cameras/both', { url: 'test:clock', name }, { key: 'admin', headers })
      equal((await change('first')).status, 200)
      equal((await change('second')).status, 412)
      await lab.ask('/api/cameras/both', { method: 'DELETE', key: 'admin' })
    },
  },
  {
    id: 'X63',
    what: {
      en: '`/metrics`, `/debug`, a dump of the memory, without logging in',
      es: '`/metrics`, `/debug`, un volcado de memoria, sin identificarse',
    },
    answer: { en: '401; there is nothing of the others', es: '401; lo demás no existe' },
    run: async (lab) => {
      equal((await lab.ask('/metrics')).status, 401)
      for (const path of [
        '/debug',
        '/debug/pprof',
        '/heapdump',
        '/api/debug',
        '/.env',
        '/.git/config',
        '/atalaya.yaml',
        '/api/users',
      ])
        ok([401, 404].includes((await lab.ask(path, { key: 'admin' })).status), path)
    },
  },
  {
    id: 'X64',
    what: { en: 'the bus of a cluster, without an account', es: 'el bus de un clúster, sin cuenta' },
    answer: { en: 'there is none: the key is refused', es: 'no hay ninguno: la clave se rechaza' },
    run: async () => {
      let message = ''
      try {
        parseConfigText('cameras: { a: test:clock }\ncluster: {}', { file: 'atalaya.yaml', environment: {} })
      } catch (error) {
        message = (error as Error).message
      }
      ok(message.includes('cluster'))
    },
  },
]
