import { describe, expect, it } from 'vitest'
import { gatewayAddress, isMixedContent } from './gateway-address.ts'

const PAGE = 'https://www.lab.example/arena/page.html'
const address = (attribute: string, script = 'https://www.lab.example/assets/index.js') =>
  gatewayAddress(attribute, script, PAGE).href

describe('the address of the gateway', () => {
  it('is what the attribute says, as a folder', () => {
    expect(address('http://10.0.0.5:5000')).toBe('http://10.0.0.5:5000/')
    expect(address('https://cams.example/cameras?x=1')).toBe('https://cams.example/cameras/')
    expect(address('/cameras')).toBe('https://www.lab.example/cameras/')
  })

  it('is where the script came from, below a path too', () => {
    expect(address('', 'http://10.0.0.5:5000/atalaya-camera.js')).toBe('http://10.0.0.5:5000/')
    expect(address('', 'https://cams.example/cameras/atalaya-camera.js?v=2')).toBe('https://cams.example/cameras/')
  })

  it('is the host of the page where the script was bundled into another', () => {
    expect(address('')).toBe('https://www.lab.example/')
  })
})

describe('a page of https', () => {
  const isRefused = (gateway: string, page = 'https:') => isMixedContent(new URL(gateway), { protocol: page })

  it('may not load from a gateway without, but for one of the same machine', () => {
    expect(isRefused('http://10.0.0.5:5000')).toBe(true)
    expect(isRefused('https://10.0.0.5:5000')).toBe(false)
    expect(['http://127.0.0.1:5000', 'http://localhost:5000', 'http://[::1]:5000'].map((url) => isRefused(url))).toEqual([
      false,
      false,
      false,
    ])
    expect(isRefused('http://10.0.0.5:5000', 'http:')).toBe(false)
  })
})
