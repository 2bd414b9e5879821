import type { Argument, Command, Option } from 'commander'

/** The shells that a completion script can be made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** What completion has to know of a command. */
export interface DescribedCommand {
  readonly name: string
  readonly summary: string
  readonly options: readonly DescribedOption[]
  readonly argument: DescribedValue | undefined
}

export interface DescribedOption {
  /** `-p`, `--port`. */
  readonly names: readonly string[]
  readonly summary: string
  /** Absent: the option stands alone. */
  readonly value: DescribedValue | undefined
}

/** What may stand in a place: one of these words, a file, or something that nobody can guess. */
export interface DescribedValue {
  readonly words: readonly string[]
  readonly isFile: boolean
  /** More of the same may follow. */
  readonly isRepeated: boolean
}

/** The commands of a program, and the options it has without one. */
export function describeProgram(program: Command): { commands: DescribedCommand[]; options: DescribedOption[] } {
  return {
    commands: program.commands.map((command) => ({
      name: command.name(),
      summary: command.summary(),
      options: optionsOf(command),
      argument: command.registeredArguments.map(describeArgument)[0],
    })),
    options: optionsOf(program),
  }
}

/** As in its help: `--help` is an option like others. */
function optionsOf(command: Command): DescribedOption[] {
  return command.createHelp().visibleOptions(command).map(describeOption)
}

function describeOption(option: Option): DescribedOption {
  const { short, long, flags, description, argChoices } = option
  const words = argChoices ?? []
  return {
    names: [short, long].filter((name) => name != null),
    summary: description,
    value:
      option.required || option.optional
        ? { words, isFile: words.length === 0 && flags.endsWith('<FILE>'), isRepeated: option.variadic }
        : undefined,
  }
}

/** Ids and addresses cannot be guessed, but a path can always be typed where FILE stands. */
function describeArgument(argument: Argument): DescribedValue {
  const words = argument.argChoices ?? []
  return { words, isFile: words.length === 0 && argument.name().startsWith('FILE'), isRepeated: argument.variadic }
}
