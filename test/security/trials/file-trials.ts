import { ok } from 'node:assert/strict'
import { parseConfigText } from '../../../src/config/load-config.ts'
import type { Trial } from '../trial.ts'

export const FILE_TRIALS: readonly Trial[] = [
  {
    id: 'X41',
    what: {
      en: '`/assets/../../etc/passwd`, encoded, with `%00`, as a whole path',
      es: '`/assets/../../etc/passwd`, codificado, con `%00`, como ruta completa',
    },
    answer: { en: '404', es: '404' },
    run: async (lab) => {
      for (const name of [
        '../../etc/passwd',
        '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
        '..%5c..%5cetc%5cpasswd',
        '%00',
        '/etc/passwd',
        '....//etc/passwd',
        'package.json',
      ]) {
        const { status, text } = await lab.ask(`/assets/${name}`)
        ok([400, 404].includes(status) && !text.includes('root:'), `${name}: ${status}`)
      }
    },
  },
  {
    id: 'X42',
    what: { en: 'HLS: `seg-1.m4s/../../config`', es: 'HLS: `seg-1.m4s/../../config`' },
    answer: { en: '404: there is no HLS', es: '404: no hay HLS' },
    run: async (lab) => {
      for (const path of ['/camera/door/seg-1.m4s/../../config', '/hls/door/index.m3u8', '/camera/door/index.m3u8'])
        ok((await lab.ask(path, { key: 'admin' })).status === 404, path)
    },
  },
  {
    id: 'X43',
    what: {
      en: 'a configuration with unknown keys, tags, or anchors that multiply',
      es: 'una configuración con claves desconocidas, etiquetas o anclas que se multiplican',
    },
    answer: { en: 'refused; none can be sent over the network', es: 'se rechaza; por la red no se puede enviar ninguna' },
    run: async (lab) => {
      for (const method of ['POST', 'PUT', 'PATCH'])
        ok((await lab.send(method, '/api/config', {}, { key: 'admin' })).status >= 404)
      const bomb = `a: &a [x,x]\n${Array.from({ length: 20 }, (_, index) => `b${index}: &b${index} [*a,*a]`).join('\n')}`
      for (const text of [
        bomb,
        'cameras: { a: !!js/function "x" }',
        'cameras: { a: test:clock }\nexec: x',
        'cameras: { a: exec:ls }',
      ]) {
        let isRefused = false
        try {
          parseConfigText(text, { file: 'atalaya.yaml', environment: {} })
        } catch {
          isRefused = true // why is what the tests of the configuration are about
        }
        ok(isRefused, text.slice(0, 40))
      }
    },
  },
]
