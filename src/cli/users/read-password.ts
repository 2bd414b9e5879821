import { randomBytes } from 'node:crypto'
import { Secret } from '../../lib/secret.ts'
import { type CommandContext, CommandError, type Input, type Output } from '../command-context.ts'

/** How a new password is to be had. */
export interface PasswordChoice {
  /** Make one up, whoever might be asked. */
  readonly generate: boolean
  /** The first line of standard input. */
  readonly fromStdin: boolean
}

/** A password, and whether it was made up and has to be shown. */
export interface ChosenPassword {
  readonly password: Secret
  readonly isGenerated: boolean
}

/** Asks for a password twice on a terminal, without showing it; where nobody can be asked, or nothing is typed, makes one up. */
export async function readPassword(choice: PasswordChoice, context: CommandContext): Promise<ChosenPassword> {
  const { stdin, stderr } = context
  if (choice.fromStdin) {
    if (!stdin) throw new CommandError('There is no standard input to read a password from.')
    return { password: new Secret(await firstLine(stdin)), isGenerated: false }
  }
  if (choice.generate || !stdin?.isTTY) return { password: makePassword(), isGenerated: true }
  const first = await ask('Password (Enter alone makes one up): ', stdin, stderr)
  if (first === '') return { password: makePassword(), isGenerated: true }
  if ((await ask('The same again: ', stdin, stderr)) !== first)
    throw new CommandError('The two passwords differ; nothing was changed.')
  return { password: new Secret(first), isGenerated: false }
}

/** 120 bits, in groups that can be read out. */
function makePassword(): Secret {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
  const text = [...randomBytes(24)].map((byte) => letters[byte % letters.length]).join('')
  return new Secret(text.replace(/.{6}(?=.)/g, '$&-'))
}

async function firstLine(stdin: Input): Promise<string> {
  let text = ''
  for await (const part of stdin) {
    text += String(part)
    if (text.includes('\n') || text.length > MOST_CHARACTERS) break
  }
  return text.split(/\r?\n/, 1)[0] ?? ''
}

/** What is typed up to Enter; nothing of it is shown. */
async function ask(question: string, stdin: Input, output: Output): Promise<string> {
  output.write(question)
  stdin.setRawMode?.(true)
  try {
    return await new Promise((resolve, reject) => {
      let text = ''
      const onData = (data: unknown) => {
        for (const character of String(data)) {
          if (character === '\r' || character === '\n') return settle(() => resolve(text))
          if (character === '\u0003') return settle(() => reject(new CommandError('Nothing was changed.')))
          text = character === '\u007f' || character === '\b' ? text.slice(0, -1) : text + character
        }
      }
      const settle = (then: () => void) => {
        stdin.off('data', onData)
        stdin.pause()
        then()
      }
      stdin.on('data', onData)
      stdin.resume()
    })
  } finally {
    stdin.setRawMode?.(false)
    output.write('\n')
  }
}

const MOST_CHARACTERS = 10_000
