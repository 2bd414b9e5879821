import { Ajv2020 as Ajv, type AnySchemaObject } from 'ajv/dist/2020.js'

/** The part of an OpenAPI 3.1 document that is used here. */
export interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: { readonly schemas: Readonly<Record<string, AnySchemaObject>> }
}

interface OperationObject {
  readonly operationId: string
  readonly parameters?: readonly ParameterObject[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: AnySchemaObject }>> }
  readonly responses: Readonly<Record<string, ResponseObject>>
}

export interface ParameterObject {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: AnySchemaObject
}

interface ResponseObject {
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, { readonly schema: AnySchemaObject }>>
}

/** One method of one path. */
export interface Operation extends OperationObject {
  readonly method: string
  readonly path: string
}

/** What is sent; parameters by name, whatever their place. */
export interface Call {
  readonly parameters?: Readonly<Record<string, string>>
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown
  readonly contentType?: string
}

/** A checked answer. Of one that never ends, the body is what came first. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

/**
 * A client made of the document at run time. It sends what it is told to, and throws when an answer is not one that the
 * document declares: by status, media type, headers and the schema of the body.
 */
export class OpenapiClient {
  readonly operations: ReadonlyMap<string, Operation>
  /** The ids of the operations that were called. */
  readonly called = new Set<string>()
  readonly #url: string
  readonly #ajv: Ajv

  constructor(document: OpenapiDocument, url: string) {
    this.#url = url
    this.#ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
    this.#ajv.addSchema({ $id: 'openapi', components: document.components })
    this.operations = new Map(
      Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => [operation.operationId, { ...operation, method, path }] as const),
      ),
    )
  }

  async call(id: string, { parameters = {}, body, contentType = 'application/json' }: Call = {}): Promise<Answer> {
    const operation = this.operations.get(id)
    if (!operation) throw new TypeError(`The document has no operation ${id}.`)
    this.called.add(id)
    const response = await fetch(this.#url + pathOf(operation, parameters), {
      method: operation.method,
      headers: {
        ...headersOf(operation, parameters),
        ...(body !== undefined && contentType !== '' && { 'Content-Type': contentType }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const type = response.headers.get('content-type')?.split(';')[0] ?? ''
    const text = ENDLESS.has(type) ? await readBeginning(response) : await response.text()
    const json = type === 'application/json' ? JSON.parse(text) : undefined
    this.#check(operation, response, type, json)
    return { status: response.status, headers: response.headers, text, json }
  }

  #check(operation: Operation, response: Response, type: string, json: unknown): void {
    const { status, headers } = response
    const where = `${operation.method.toUpperCase()} ${operation.path} → ${status} ${type}`
    const declared = operation.responses[status] ?? operation.responses[`${String(status)[0]}XX`]
    if (!declared) throw new Error(`${where}: this status is not declared`)
    if (status >= 500 && !operation.responses[status])
      throw new Error(`${where}: this failure is not declared: ${JSON.stringify(json)}`)
    if (!declared.content !== (type === '')) throw new Error(`${where}: only one of the document and the answer has a body`)
    if (declared.content && !declared.content[type]) throw new Error(`${where}: this media type is not declared`)
    const absent = Object.keys(declared.headers ?? {}).filter((name) => !headers.has(name) && !MAY_BE_ABSENT.has(name))
    if (absent.length > 0) throw new Error(`${where}: the headers ${absent.join(', ')} are declared and absent`)
    const schema = declared.content?.[type]?.schema
    if (json === undefined || !schema) return
    const validate = this.#ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')))
    if (!validate(json))
      throw new Error(`${where}: ${this.#ajv.errorsText(validate.errors)}: ${JSON.stringify(json).slice(0, 500)}`)
  }
}

const ENDLESS = new Set(['multipart/x-mixed-replace', 'application/octet-stream', 'text/event-stream'])
/** `X-Rendition` is known with the first picture only; `Retry-After` goes with errors, not with health. */
const MAY_BE_ABSENT = new Set(['X-Rendition'])

function pathOf({ path, parameters: declared = [] }: Operation, values: Readonly<Record<string, string>>): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(values[name] ?? ''))
  const query = declared
    .filter((parameter) => parameter.in === 'query' && values[parameter.name] !== undefined)
    .map(({ name }) => `${name}=${encode(values[name] ?? '')}`)
  return query.length > 0 ? `${filled}?${query.join('&')}` : filled
}

/** Percent-encodes anything but what is encoded already, so that wrong encodings can be sent too. */
function encode(text: string): string {
  return /^(?:%[0-9a-zA-Z]{0,2})+$/.test(text) ? text : encodeURIComponent(text)
}

function headersOf({ parameters = [] }: Operation, values: Readonly<Record<string, string>>): Record<string, string> {
  const sent = parameters.filter((parameter) => parameter.in === 'header' && values[parameter.name] !== undefined)
  return Object.fromEntries(sent.map(({ name }) => [name, values[name] ?? '']))
}

async function readBeginning(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const { value } = (await reader?.read()) ?? {}
  await reader?.cancel()
  return Buffer.from(value ?? []).toString('latin1')
}
