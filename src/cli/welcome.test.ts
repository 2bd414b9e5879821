import { describe, expect, it } from 'vitest'
import { configFromObject } from '../config/load-config.ts'
import { describeExposure, formatWelcome } from './welcome.ts'

const cameras = { '1': { url: 'test:clock', name: 'Arena' }, door: 'rtsp://u:canary7pass@10.0.0.1/' }

describe('what a person is told at the start', () => {
  it('is where the page and each camera are, what was loaded, and how to stop', () => {
    const chosen = { ...configFromObject({ cameras }), file: 'atalaya.yaml', isDemo: false }
    expect(formatWelcome('1.2.3', { ...chosen, warnings: ['atalaya.yaml:1:1: look'] }, { host: '127.0.0.1', port: 5000 })).toBe(`
  Atalaya 1.2.3

  Page       http://127.0.0.1:5000/
  Cameras    http://127.0.0.1:5000/camera/1      Arena
             http://127.0.0.1:5000/camera/door   door
  Loaded     atalaya.yaml (2 cameras)
  Warning    atalaya.yaml:1:1: look

  Ctrl+C stops it.

`)
  })

  it('is loud when others can see the cameras', () => {
    const open = configFromObject({ auth: 'none', server: { host: '::' }, cameras })
    const text = formatWelcome('1.2.3', { ...open, file: undefined, isDemo: false }, { host: '::', port: 80 })
    expect(text).toContain('Page       http://localhost/\n')
    expect(text).toContain('  !! EVERYBODY who reaches port 80 of :: can see and stop all 2 cameras, without a password')
    expect(text).not.toContain('canary7pass')
  })

  it('is the whole address, base path included', () => {
    const chosen = { ...configFromObject({ basePath: '/cameras', cameras }), file: undefined, isDemo: false }
    expect(formatWelcome('1.2.3', chosen, { host: '::1', port: 5000 })).toContain('http://[::1]:5000/cameras/camera/door ')
  })

  it('is not loud on a loopback host', () => {
    expect(describeExposure(configFromObject({ cameras }).config, 5000)).toBeUndefined()
  })
})
