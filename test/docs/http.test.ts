import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OFFLINE_REASONS } from '../../src/api/camera-state.ts'
import { CameraBody } from '../../src/api/responses.ts'
import { allPages, type Heading, readPage, tablesUnder } from './markdown-page.ts'
import { buildRealServer, type RealServer } from './real-server.ts'

let real: RealServer

beforeAll(async () => {
  real = await buildRealServer()
})
afterAll(() => real.server.close())

// A route has a heading that names it in code marks, `### \`GET /camera/{id}\``; several may share one. Its parameters are
// rows of a table below, with a first cell such as `?width=`.
describe.each(['docs/http.md', 'docs/http.es.md'])('%s', (path) => {
  const page = readPage(path)
  const sections = page.headings.flatMap((heading) => routesOf(heading).map((route) => ({ route, heading })))

  it('has a heading for every route of the server', () => {
    const described = new Set(sections.map(({ route }) => route))
    const lacking = real.routes.filter(({ name }) => !described.has(name))
    expect(lacking.map(({ name }) => `${path} lacks the heading "### \`${name}\`" with a description below it`)).toEqual([])
  })

  it('describes no route that the server does not have, and none twice', () => {
    const names = new Set(real.routes.map(({ name }) => name))
    expect(sections.map(({ route }) => route).filter((route) => !names.has(route))).toEqual([])
    expect(new Set(sections.map(({ route }) => route)).size).toBe(sections.length)
  })

  it('describes every query parameter of each route, and no other', () => {
    for (const { route, heading } of sections) {
      const described = tablesUnder(page, heading).flatMap(({ rows }) => rows.flatMap(([cell = '']) => parameterOf(cell)))
      const taken = real.routes.find(({ name }) => name === route)?.parameters ?? []
      expect([route, ...described.toSorted()]).toEqual([route, ...taken.toSorted()])
    }
  })

  it('describes every field of a camera, every state and every reason, and no other', () => {
    const heading = sections.find(({ route }) => route === 'GET /status')?.heading
    const [fields, states, reasons] = heading ? tablesUnder(page, heading).map(firstWords) : []
    expect(fields).toEqual(Object.keys(CameraBody.shape))
    expect(states?.toSorted()).toEqual(CameraBody.shape.state.options.toSorted())
    expect(reasons?.toSorted()).toEqual([...OFFLINE_REASONS, 'on-hold', 'on-demand'].toSorted())
  })
})

it('sends nobody to an address that is not there', () => {
  const patterns = real.routes.map(({ name }) => new RegExp(`^${name.replace(/^\w+ /, '').replaceAll(/\{\w+\}/g, '[^/]+')}$`))
  const asked = allPages().flatMap(({ path, text }) =>
    [...text.matchAll(/127\.0\.0\.1:5000(\/[^\s'"`)>?]*)/g)].map(([, address = '']) => ({ path, address })),
  )
  expect(asked.length).toBeGreaterThan(20)
  expect(asked.filter(({ address }) => !patterns.some((pattern) => pattern.test(address)))).toEqual([])
})

function routesOf({ title }: Heading): string[] {
  return [...title.matchAll(/`([A-Z]+ \/[^`]*)`/g)].map(([, route = '']) => route)
}

function parameterOf(cell: string): string[] {
  const name = /^`\?(\w+)=`$/.exec(cell)?.[1]
  return name ? [name] : []
}

function firstWords({ rows }: { rows: readonly (readonly string[])[] }): string[] {
  return rows.map(([cell = '']) => cell.replaceAll('`', ''))
}
