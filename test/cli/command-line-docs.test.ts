import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/command-context.ts'
import { quietProgram } from './quiet-program.ts'

const program = quietProgram()

/** `atalaya serve [options] [SOURCE...]` of every command, with the flags of its options as help shows them. */
const declared = Object.fromEntries(
  [program, ...program.commands].map((command) => [
    headingOf(command),
    command
      .createHelp()
      .visibleOptions(command)
      .map(({ flags }) => flags),
  ]),
)

describe.each(['command-line.md', 'command-line.es.md'])('docs/%s', (page) => {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
  const sections = text.split(/^## /m).slice(1)

  it('has a section for every command with a row for every option, in the order of the help, and no other', () => {
    const described = sections.map((section) => [/^`(.+)`$/m.exec(section)?.[1], rowsOf(section, /^\| `(-[^`]+)` \|/gm)])
    expect(Object.fromEntries(described)).toEqual(declared)
  })

  it('has a row for every exit code, and no other', () => {
    expect(rowsOf(text, /^\| `(\d+)` \|/gm).map(Number)).toEqual(Object.values(EXIT))
  })

  it('names the words that options and arguments take', () => {
    const words = [program, ...program.commands].flatMap((command) => [
      ...command.options.flatMap(({ argChoices }) => argChoices ?? []),
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ])
    expect(words.filter((word) => !text.includes(`\`${word}\``))).toEqual([])
  })
})

function headingOf(command: Command): string {
  return command === program ? `atalaya ${command.usage()}` : `atalaya ${command.name()} ${command.usage()}`
}

function rowsOf(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, cell = '']) => cell)
}
