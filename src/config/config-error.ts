import { AtalayaError } from '../api/errors.ts'

/** One thing that is wrong with a configuration. The message names the key and never repeats a value that may be secret. */
export interface ConfigProblem {
  /** The file as the user named it; absent for a configuration that was no file. */
  readonly file: string | undefined
  /** Counted from 1; absent where the problem has no place, such as a missing file. */
  readonly line: number | undefined
  /** Counted from 1, in UTF-16 units. */
  readonly column: number | undefined
  readonly message: string
}

/** A configuration that cannot be used, with everything that is wrong in it, in the order of the file. */
export class ConfigError extends AtalayaError {
  /** At least one. */
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super('bad_config', problems.map(formatProblem).join('\n'), options)
    this.problems = problems
  }
}

/** One line as compilers write it, `atalaya.yaml:12:5: …`, so that editors and terminals can jump to the place. */
export function formatProblem(problem: ConfigProblem): string {
  return [...partsOf(problem), ''].join(':') + (problem.file === undefined ? '' : ' ') + problem.message
}

/** The place alone, `atalaya.yaml:12:5`; empty for a configuration that was no file. */
export function placeOf(problem: ConfigProblem): string {
  return partsOf(problem).join(':')
}

function partsOf({ file, line, column }: ConfigProblem): (string | number)[] {
  return (line === undefined ? [file] : [file, line, column]).filter((part) => part !== undefined)
}
