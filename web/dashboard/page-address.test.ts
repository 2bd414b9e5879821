import { describe, expect, it } from 'vitest'
import { formatPageAddress, type PageAddress, parsePageAddress } from './page-address.ts'

const WALL: PageAddress = { view: { name: 'wall' }, kiosk: false, columns: undefined, only: undefined }

describe('the address of the page', () => {
  it.each<[string, PageAddress]>([
    ['?', WALL],
    ['?kiosk', { ...WALL, kiosk: true }],
    ['?camera=door&kiosk', { ...WALL, view: { name: 'camera', id: 'door' }, kiosk: true }],
    ['?columns=3&only=1,door', { ...WALL, columns: 3, only: ['1', 'door'] }],
    ['?add', { ...WALL, view: { name: 'add' } }],
    ['?edit=a.b', { ...WALL, view: { name: 'edit', id: 'a.b' } }],
    ['?events', { ...WALL, view: { name: 'events' } }],
  ])('%s says what is open, and is written from it', (query, address) => {
    expect(parsePageAddress(query)).toEqual(address)
    expect(formatPageAddress(address)).toBe(query)
  })

  it.each(['?columns=0', '?columns=many', '?columns=1.5', '?columns=99', '?only=', '?camera=', '?nothing'])(
    'takes %s for the whole wall',
    (query) => {
      expect(parsePageAddress(query)).toEqual(WALL)
    },
  )
})
