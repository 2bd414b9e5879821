import { defineConfig } from 'vitest/config'
import { Reporter } from './test/reporter.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
    testTimeout: 20_000,
    reporters: [new Reporter()],
  },
})
