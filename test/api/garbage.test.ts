import { afterAll, beforeAll, expect, it } from 'vitest'
import { Garbage } from './garbage.ts'
import { type Call, OpenapiClient, type OpenapiDocument, type Operation, type ParameterObject } from './openapi-client.ts'
import { ServedCameras } from './served-cameras.ts'

const SEED = 20_260_707
const ROUNDS = 40

let served: ServedCameras
let client: OpenapiClient

beforeAll(async () => {
  served = await ServedCameras.start()
  const document = (await (await fetch(`${served.url}/api/openapi.json`)).json()) as OpenapiDocument
  client = new OpenapiClient(document, served.url)
})

afterAll(() => served[Symbol.asyncDispose]())

// The client throws on every answer that is not declared: any 5xx beside the documented ones, any other form of error.
it('is answered as documented by every operation, whatever is sent', { timeout: 60_000 }, async () => {
  const garbage = new Garbage(SEED)
  const statuses = new Map<number, number>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const operation of client.operations.values()) {
      const what = garbledCall(operation, garbage)
      const { status } = await client.call(operation.operationId, what).catch((cause: unknown) => {
        throw new Error(`seed ${SEED}, round ${round}, ${operation.operationId} ${JSON.stringify(what).slice(0, 2000)}`, {
          cause,
        })
      })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  for (const status of [200, 201, 204, 400, 404, 409, 412, 415, 422])
    expect([status, statuses.get(status)]).not.toEqual([status, undefined])
  expect(served.parts.cameras.get('fixed').config.name).toBe('Door')
  expect(({} as { name?: string }).name).toBeUndefined()
})

function garbledCall({ parameters = [], requestBody }: Operation, garbage: Garbage): Call {
  const isNeeded = ({ in: place, name }: ParameterObject) => place === 'path' || name === 'wait' // which else is 10 s
  const chosen = parameters.filter((parameter) => isNeeded(parameter) || garbage.number(3) === 0)
  const contentType =
    garbage.number(8) === 0 ? garbage.pick(['text/plain', 'application/xml', 'image/jpeg', 'a/b; c', '']) : undefined
  return {
    parameters: Object.fromEntries(chosen.map((parameter) => [parameter.name, garbledValue(parameter, garbage)])),
    ...(requestBody && garbage.number(10) > 0 && { body: garbage.body() }),
    ...(contentType !== undefined && { contentType }),
  }
}

function garbledValue(parameter: ParameterObject, garbage: Garbage): string {
  if (parameter.in === 'path') return garbage.id() || 'x'
  if (parameter.in === 'header') return garbage.header()
  return parameter.name === 'wait' ? garbage.pick(['0', '0.1', 'x', '-1', '61']) : garbage.text()
}
