import type { SecurityLab } from './security-lab.ts'

/** The same in both languages of the docs. */
export interface Words {
  readonly en: string
  readonly es: string
}

/** Something that somebody may try, and what must come of it. */
export interface Trial {
  /** As the list of bad inputs calls it. */
  readonly id: `X${number}`
  readonly what: Words
  readonly answer: Words
  /** Takes longer than the tests may. */
  readonly isLong?: boolean
  /** Tries it, and rejects where something else comes of it. */
  run(lab: SecurityLab): Promise<void>
}
