import { defineConfig } from 'vitest/config'
import { Reporter } from './test/reporter.ts'

/** These measure rates: each has the machine to itself, after all the others. */
const ALONE = '{src,test,web}/**/*.alone.test.ts'

export default defineConfig({
  test: {
    testTimeout: 30_000,
    setupFiles: ['test/patience.ts'],
    reporters: [new Reporter()],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
          exclude: [ALONE],
          // Half of the suite is waiting for cameras: on two cores vitest would run one file at a time.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: [ALONE],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
