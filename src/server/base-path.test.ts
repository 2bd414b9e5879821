import { describe, expect, it } from 'vitest'
import { slashAfterBasePath, withoutBasePath } from './base-path.ts'

describe('an address under a base path', () => {
  it.each([
    ['/cameras/camera/1?width=320', '/camera/1?width=320'],
    ['/cameras/', '/'],
    ['/cameras', '/'],
    ['/cameras?x=1', '/?x=1'],
    ['/camera/1', '/camera/1'],
    ['/cameras2/1', '/cameras2/1'],
    ['/', '/'],
    ['*', '*'],
  ])('%s is %s inside the gateway', (url, inside) => {
    expect(withoutBasePath(url, '/cameras')).toBe(inside)
  })

  it('is left alone where there is no base path', () => {
    expect(withoutBasePath('/cameras/1', '')).toBe('/cameras/1')
    expect(slashAfterBasePath('/cameras', '')).toBeUndefined()
  })

  it('gets its slash, and nothing else does', () => {
    expect(slashAfterBasePath('/a/cameras', '/a/cameras')).toBe('/a/cameras/')
    expect(slashAfterBasePath('/a/cameras?lang=es', '/a/cameras')).toBe('/a/cameras/?lang=es')
    expect(slashAfterBasePath('/a/cameras/', '/a/cameras')).toBeUndefined()
    expect(slashAfterBasePath('/a/camerasx', '/a/cameras')).toBeUndefined()
  })
})
