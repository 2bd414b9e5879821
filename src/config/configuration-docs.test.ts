import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseConfigText } from './load-config.ts'
import { plainScalarTrap } from './plain-scalar.ts'
import { configJsonSchema, configKeys } from './schema.ts'

describe.each(['configuration.md', 'configuration.es.md'])('docs/%s', (page) => {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
  // The first cell of a row whose whole content is one key; options and addresses have other signs in them.
  const tableKeys = [...text.matchAll(/^\| `([a-zA-Z.<>]+)` \|/gm)].map(([, key]) => key)
  const { working, reserved } = configKeys()

  it('has a table row for every key, and no row for any other', () => {
    expect(tableKeys.toSorted()).toEqual([...working, ...reserved].toSorted())
  })

  it('shows every key at work in one of its examples', () => {
    const examples = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, example]) => example ?? '')
    const environment = { CAM1_PASSWORD: 'x' }
    for (const example of examples) {
      const withoutFile = example.replaceAll(/\$\{file:[^}]+\}/g, 'secret')
      expect(parseConfigText(withoutFile, { file: page, environment }).warnings).toEqual([])
    }
    const words = new Set(examples.join('\n').match(/[A-Za-z]+(?=:)/g))
    expect(working.map((key) => key.split('.').at(-1) ?? '').filter((key) => !words.has(key))).toEqual([])
  })

  it('quotes the sentence about YAML as it is', () => {
    expect(text).toContain(plainScalarTrap('0123456'))
  })
})

describe('the JSON Schema for editors', () => {
  it('has every working key, refuses others, and takes a placeholder in the place of a number', () => {
    const schema = configJsonSchema() as {
      additionalProperties: boolean
      properties: Record<string, { properties?: Record<string, unknown>; additionalProperties?: { anyOf?: unknown[] } }>
    }
    expect(schema.additionalProperties).toBe(false)
    const topLevel = new Set(configKeys().working.map((key) => key.split('.')[0]))
    expect(Object.keys(schema.properties).toSorted()).toEqual([...topLevel].toSorted())
    expect(schema.properties['server']?.properties?.['port']).toEqual({
      description: 'The TCP port; 0 takes any that is free.',
      anyOf: [
        { type: 'integer', minimum: 0, maximum: 65_535 },
        { type: 'string', pattern: '^\\$\\{.+\\}$' },
      ],
    })
    expect(schema.properties['cameras']?.additionalProperties?.anyOf).toHaveLength(2)
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
  })
})
