import type { Trial } from './trial.ts'
import { BROWSER_TRIALS } from './trials/browser-trials.ts'
import { FILE_TRIALS } from './trials/file-trials.ts'
import { HTTP_TRIALS } from './trials/http-trials.ts'
import { OTHER_TRIALS } from './trials/other-trials.ts'
import { SESSION_TRIALS } from './trials/session-trials.ts'
import { SOURCE_TRIALS } from './trials/source-trials.ts'

/** All of them, by their numbers. */
export const TRIALS: readonly Trial[] = [
  ...SESSION_TRIALS,
  ...BROWSER_TRIALS,
  ...HTTP_TRIALS,
  ...FILE_TRIALS,
  ...SOURCE_TRIALS,
  ...OTHER_TRIALS,
].toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)))
