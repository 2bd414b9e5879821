import { AtalayaError, type ErrorCode } from './errors.ts'

/** One thing that is wrong with a body that was sent. */
export interface BodyProblem {
  /** The key, with dots between those that lead to it; empty for the body as a whole. */
  readonly path: string
  /** What it must be. It never repeats a value, which may be secret. */
  readonly message: string
}

/** A body that cannot be used, with everything that is wrong in it. Nothing was changed. */
export class RefusedError extends AtalayaError {
  readonly problems: readonly BodyProblem[]

  constructor(code: Extract<ErrorCode, 'bad_camera' | 'bad_parameter'>, problems: readonly BodyProblem[]) {
    super(code, problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '))
    this.problems = problems
  }
}
