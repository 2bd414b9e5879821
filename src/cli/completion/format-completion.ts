import type { Command } from 'commander'
import { formatBash } from './bash.ts'
import { describeProgram, type Shell } from './describe-program.ts'
import { formatFish } from './fish.ts'
import { formatZsh } from './zsh.ts'

/** The text that teaches a shell to complete the program's commands, options, their words, and file names. */
export function formatCompletion(shell: Shell, program: Command): string {
  const { commands, options } = describeProgram(program)
  switch (shell) {
    case 'bash':
      return formatBash(commands, options)
    case 'zsh':
      return formatZsh(commands, options)
    case 'fish':
      return formatFish(commands, options)
  }
}
