import { describe, expect, it } from 'vitest'
import { CameraSettingsBody } from '../../src/api/camera-settings.ts'
import { FIELDS, readSettings, wayOf } from './camera-settings.ts'

describe('the form of a camera', () => {
  it('has fields for settings that exist only', () => {
    const known = [...Object.keys(CameraSettingsBody.shape), 'id']
    expect(FIELDS.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([])
  })

  it('offers the choices that the gateway takes', () => {
    for (const { name, choices = [] } of FIELDS) {
      for (const choice of choices) {
        const shape = CameraSettingsBody.shape[name as 'connect']
        const value = name === 'rotate' ? Number(choice) : choice
        expect(shape.safeParse(value).success, `${name}: ${choice}`).toBe(true)
      }
    }
  })

  it('sends what is written, numbers as numbers, and leaves out what is empty', () => {
    const written = Object.entries({ id: 'door', url: ' rtsp://10.0.0.5/1 ', user: '', fps: '10', rotate: '90', flip: '' })
    expect(readSettings(written, 'address')).toEqual({ id: 'door', url: 'rtsp://10.0.0.5/1', fps: 10, rotate: 90 })
  })

  it('sends one way to the camera only', () => {
    const written = Object.entries({ id: 'door', url: 'rtsp://10.0.0.5/1', brand: 'axis', host: '10.0.0.6' })
    expect(readSettings(written, 'brand')).toEqual({ id: 'door', brand: 'axis', host: '10.0.0.6' })
    expect(wayOf(readSettings(written, 'brand'))).toBe('brand')
    expect(wayOf(readSettings(written, 'address'))).toBe('address')
  })

  it('keeps a password letter by letter, and a wrong number for the gateway to complain of', () => {
    expect(readSettings(Object.entries({ password: ' a b ', width: 'wide' }), 'address')).toEqual({
      password: ' a b ',
      width: 'wide',
    })
  })

  it('keeps settings that it has no field for', () => {
    const former = { url: 'rtsp://10.0.0.5/1', crop: { left: 10 }, fps: 5 }
    expect(readSettings(Object.entries({ url: 'rtsp://10.0.0.5/2', fps: '' }), 'address', former)).toEqual({
      url: 'rtsp://10.0.0.5/2',
      crop: { left: 10 },
    })
  })
})
