import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const fixed = read('traefik.yaml')
const routes = read('dynamic.yaml')

// Traefik itself is not run: no distribution has it. What one file says must at least fit the other.
describe('examples/traefik', () => {
  it('leads every router to an entry point, a service and certificates that exist', () => {
    const { routers, services } = routes['http']
    expect(Object.keys(routers)).toEqual(['atalaya', 'atalaya-sub-path'])
    for (const { entryPoints, service, tls, rule } of Object.values<Router>(routers)) {
      expect(Object.keys(fixed['entryPoints'])).toEqual(expect.arrayContaining(entryPoints))
      expect(Object.keys(services)).toContain(service)
      expect(Object.keys(fixed['certificatesResolvers'])).toContain(tls.certResolver)
      expect(rule).toMatch(/^Host\(`[a-z.]+`\)( && \(Path\(`\/cameras`\) \|\| PathPrefix\(`\/cameras\/`\)\))?$/)
    }
  })

  it('passes pictures and host names on as they come, and asks whether the gateway is there', () => {
    expect(routes['http'].services.atalaya.loadBalancer).toEqual({
      servers: [{ url: 'http://127.0.0.1:5000' }],
      passHostHeader: true,
      responseForwarding: { flushInterval: '-1ms' },
      healthCheck: { path: '/readyz', interval: '10s', timeout: '3s' },
    })
  })

  it('sends plain HTTP to TLS and lets answers last', () => {
    const { web, websecure } = fixed['entryPoints']
    expect(web.http.redirections.entryPoint).toEqual({ to: 'websecure', scheme: 'https' })
    expect(websecure.transport.respondingTimeouts.writeTimeout).toBe('0s')
    expect(fixed['providers'].file.filename).toMatch(/\/dynamic\.yaml$/)
  })
})

interface Router {
  readonly rule: string
  readonly entryPoints: string[]
  readonly service: string
  readonly tls: { readonly certResolver: string }
}

function read(name: string) {
  return parse(readFileSync(new URL(`../../examples/traefik/${name}`, import.meta.url), 'utf8'))
}
