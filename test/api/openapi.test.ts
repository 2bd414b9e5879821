import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CameraSettingsBody } from '../../src/api/camera-settings.ts'
import { ERRORS } from '../../src/api/errors.ts'
import type { ViewerStatus } from '../../src/api/viewer-status.ts'
import { configKeys } from '../../src/config/schema.ts'
import { type Answer, type Call, OpenapiClient, type OpenapiDocument } from './openapi-client.ts'
import { ServedCameras } from './served-cameras.ts'

let served: ServedCameras
let document: OpenapiDocument
let client: OpenapiClient

beforeAll(async () => {
  served = await ServedCameras.start()
  document = (await (await fetch(`${served.url}/api/openapi.json`)).json()) as OpenapiDocument
  client = new OpenapiClient(document, served.url)
})

afterAll(() => served[Symbol.asyncDispose]())

const call = (id: string, what?: Call): Promise<Answer> => client.call(id, what)
const door = { parameters: { id: 'door' } }

describe('the OpenAPI document', () => {
  it('is valid by the schema of OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  it('names each operation once, describes each parameter, and shares what errors look like', () => {
    const operations = [...client.operations.values()]
    expect(client.operations.size).toBe(Object.values(document.paths).flatMap(Object.keys).length)
    expect(operations.filter(({ parameters = [] }) => parameters.some((one) => !('description' in one)))).toEqual([])
    for (const { responses } of operations) {
      expect(responses['4XX']?.content).toEqual({ 'application/json': { schema: { $ref: '#/components/schemas/Error' } } })
    }
    const error = document.components.schemas['Error']?.['properties'].error.properties
    expect(error.code.enum).toEqual(Object.keys(ERRORS))
  })

  it('takes the settings that the configuration file takes', () => {
    const { working } = configKeys()
    const keys = working.filter((key) => /^cameras\.<id>\.\w+$/.test(key)).map((key) => key.slice('cameras.<id>.'.length))
    expect(Object.keys(CameraSettingsBody.shape).toSorted()).toEqual(keys.toSorted())
  })
})

// Each answer is checked by the client against what the document declares.
describe('what is declared is what is answered', () => {
  it('for what there is to see', async () => {
    for (const id of ['get', 'getStatus', 'getApiCameras', 'getApiOpenapiJson', 'getLivez', 'getReadyz', 'getMetrics']) {
      expect([id, (await call(id)).status]).toEqual([id, 200])
    }
    const script = await call('getAtalayaCameraJs')
    expect([script.status, script.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
    const parameters = { 'if-none-match': script.headers.get('etag') ?? '' }
    expect((await call('getAtalayaCameraJs', { parameters })).status).toBe(304)
    const page = await fetch(served.url, { headers: { Accept: 'text/html' } })
    expect(page.headers.get('content-type')?.split(';')[0]).toBe(
      Object.keys(client.operations.get('get')?.responses['200']?.content ?? {})[1],
    )
    const name = /assets\/(index-[^"]+\.js)/.exec(await page.text())?.[1] ?? ''
    const asset = await call('getAssetsName', { parameters: { name } })
    const known = { name, 'if-none-match': asset.headers.get('etag') ?? '' }
    expect([asset.status, (await call('getAssetsName', { parameters: known })).status]).toEqual([200, 304])
    expect((await call('getAssetsName', { parameters: { name: 'other.js' } })).status).toBe(404)
  })

  it('for pictures', async () => {
    const fixed = { parameters: { id: 'fixed' } }
    expect((await call('getCameraId', fixed)).headers.get('x-rendition')).toBe('640x360 q80')
    expect((await call('getVideo', { parameters: { mode: 'raw' } })).status).toBe(200)
    expect((await call('getSnapshot')).status).toBe(200)
    const picture = await call('getCameraIdSnapshot', fixed)
    expect(picture.text.length).toBeGreaterThan(0)
    await vi.waitFor(async () => {
      const { headers } = await call('getCameraIdSnapshot', fixed)
      const parameters = { id: 'fixed', 'if-none-match': headers.get('etag') ?? '' }
      expect((await call('getCameraIdSnapshot', { parameters })).status).toBe(304)
    })
    expect((await call('getCameraIdSnapshot', { parameters: { id: 'off', wait: '0' } })).status).toBe(503)
    expect((await call('getCameraId', { parameters: { id: 'gone' } })).status).toBe(404)
    expect((await call('getCameraId', { parameters: { id: 'fixed', width: '1' } })).status).toBe(400)
  })

  it('for cameras that come, change and go', async () => {
    const body = { url: 'rtsp://u:p@10.0.0.7/1', crop: { left: 10 }, rotate: 90 }
    const added = await call('postApiCameras', { body: { id: 'door', ...body } })
    expect(added.status).toBe(201)
    const { settings } = (await call('getApiCamerasId', door)).json as { settings: object }
    expect(settings).toEqual({ url: 'rtsp://10.0.0.7/1', user: 'u', crop: { left: 10 }, rotate: 90 })
    expect((await call('postApiCameras', { body: { id: 'door', ...body } })).status).toBe(409)
    expect((await call('postApiCameras', { body: { id: 'x' } })).status).toBe(422)
    expect((await call('postApiCameras', { body: '{' })).status).toBe(400)
    expect((await call('postApiCameras', { body: 'x', contentType: 'text/plain' })).status).toBe(415)
    expect((await call('postApiCameras', { body: 'x'.repeat(11e6) })).status).toBe(413)
    expect((await call('putApiCamerasId', { ...door, body: { ...body, name: 'New' } })).status).toBe(200)
    expect((await call('putApiCamerasId', { parameters: { id: 'new' }, body })).status).toBe(201)
    expect((await call('putApiCamerasId', { parameters: { id: 'fixed' }, body })).status).toBe(409)
    const stale = { parameters: { id: 'door', 'if-match': added.headers.get('etag') ?? '' } }
    expect((await call('putApiCamerasId', { ...stale, body })).status).toBe(412)
    expect((await call('deleteApiCamerasId', stale)).status).toBe(412)
    for (const id of ['postApiCamerasIdStop', 'postApiCamerasIdStart', 'postApiCamerasIdReconnect', 'getStopId']) {
      expect([id, (await call(id, door)).status]).toEqual([id, 200])
      expect([id, (await call(id, { parameters: { id: 'gone' } })).status]).toEqual([id, 404])
    }
    expect((await call('postApiDiscover')).status).toBe(200)
    const home = { body: { action: 'home' } }
    expect((await call('postApiCamerasIdDiagnose', { parameters: { id: 'fixed' } })).status).toBe(200)
    expect((await call('postApiCamerasIdDiagnose', { parameters: { id: 'gone' } })).status).toBe(404)
    expect((await call('postApiDiagnose', { body: { url: 'rtsp://127.0.0.1:1/1' } })).status).toBe(200)
    expect((await call('postApiDiagnose', { body: { id: 'new' } })).status).toBe(422)
    expect((await call('postApiCamerasIdPtz', { ...door, ...home })).status).toBe(409)
    expect((await call('postApiCamerasIdPtz', { ...door, body: { action: 'move', pan: 2 } })).status).toBe(400)
    expect((await call('postApiCamerasIdPtz', { parameters: { id: 'gone' }, ...home })).status).toBe(404)
    expect((await call('getApiCamerasIdPtzPresets', door)).status).toBe(409)
    expect((await call('getApiConfig')).status).toBe(200)
    const reloaded = await call('postApiConfigReload')
    expect([reloaded.status, reloaded.json]).toMatchObject([200, { cameras: { added: [], changed: [], removed: [] } }])
    expect((await call('deleteApiCamerasId', door)).status).toBe(204)
    expect((await call('deleteApiCamerasId', door)).status).toBe(404)
  })

  it('for events and viewers', async () => {
    expect((await call('getApiEvents')).text).toMatch(/^retry: \d+\n\n/)
    expect((await call('getApiWall')).status).toBe(426)
    const departure = new AbortController()
    const stream = await fetch(`${served.url}/camera/fixed`, { signal: departure.signal })
    const viewer = await vi.waitFor(async () => {
      const { viewers } = (await call('getApiViewers', { parameters: { camera: 'fixed' } })).json as { viewers: ViewerStatus[] }
      expect(viewers).toHaveLength(1)
      expect(viewers[0]?.sent).toBeGreaterThan(2)
      return viewers[0]
    })
    expect(viewer).toMatchObject({ camera: 'fixed', address: '127.0.0.1', mode: 'length', rendition: '640x360 q80' })
    expect(viewer?.lastPictureAge).toBeLessThan(5)
    expect((await call('getApiViewers', { parameters: { camera: 'off' } })).json).toEqual({ viewers: [] })
    const parameters = { id: viewer?.id ?? '' }
    expect((await call('deleteApiViewersId', { parameters })).status).toBe(204)
    await stream.arrayBuffer()
    await vi.waitFor(async () => expect((await call('deleteApiViewersId', { parameters })).status).toBe(404))
  })

  it('for ways in, where nobody has to log in', async () => {
    expect([(await call('getLogin')).status, (await call('getSetup')).status]).toEqual([200, 200])
    const user = { user: 'ana', password: 'not the one' }
    expect((await call('postApiLogin', { body: user })).status).toBe(401)
    expect((await call('postApiLogin', { body: { user: 'ana' } })).status).toBe(400)
    expect((await call('postApiSetup', { body: { token: 'used before', ...user } })).status).toBe(403)
    expect((await call('postApiLogout')).status).toBe(204)
    expect((await call('getLoginOidc')).status).toBe(404)
    expect((await call('getLoginOidcCallback')).status).toBe(404)
    expect((await call('getApiMe')).json).toMatchObject({ way: 'open', role: 'admin', cameras: null })
    expect((await call('postApiSign', { body: { path: '/camera/fixed' } })).status).toBe(503)
    expect((await call('postApiSign', { body: { path: '/camera/gone' } })).status).toBe(404)
  })

  it('for every operation there is', () => {
    expect([...client.operations.keys()].filter((id) => !client.called.has(id))).toEqual([])
  })
})
