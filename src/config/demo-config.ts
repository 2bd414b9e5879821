import type { ConfigOverrides } from './build-config.ts'
import type { Config } from './config.ts'
import { configFromObject } from './load-config.ts'

/**
 * Two cameras of generated pictures, for a first look without any hardware.
 * @throws {ConfigError} when the overrides do not go together.
 */
export function demoConfig(overrides: ConfigOverrides = {}): Config {
  const cameras = { '1': { url: 'test:clock', name: 'Clock' }, '2': { url: 'test:smpte', name: 'Colour bars' } }
  return configFromObject({ cameras }, overrides).config
}
