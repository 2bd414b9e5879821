import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { quietProgram } from './quiet-program.ts'
import { runCommand } from './run-command.ts'
import { temporaryFolder } from './temporary-folder.ts'

const folder = temporaryFolder()
const scripts = { bash: '', zsh: '', fish: '' }
const isHere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const { exitCode, stdout, stderr } = await runCommand(['completion', shell], { folder: folder.path })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    scripts[shell] = join(folder.path, `completion.${shell}`)
    await writeFile(scripts[shell], stdout)
  }
  await mkdir(join(folder.path, 'here'))
  await writeFile(join(folder.path, 'here', 'my lab.yaml'), '')
})

function runShell(shell: 'bash' | 'zsh' | 'fish', script: string): string[] {
  const { stdout, stderr } = spawnSync(shell, ['-c', script], {
    encoding: 'utf8',
    cwd: join(folder.path, 'here'),
    timeout: 20_000,
  })
  expect(stderr).toBe('')
  return stdout.split('\n').filter(Boolean)
}

const COMMANDS = ['serve', 'check', 'discover', 'snapshot', 'demo', 'import', 'setup', 'user', 'key', 'sign', 'completion']

/** What is typed, a word each, the last one to be completed; and all that may be offered. */
const CASES: [string[], string[]][] = [
  [['s'], ['serve', 'snapshot', 'setup', 'sign']],
  [['serve', '--po'], ['--port']],
  [['serve', '--log-level', 'w'], ['warn']],
  [['serve', '--config', 'my'], ['my lab.yaml']],
  [['check', '--c'], ['--connect']],
  [['check', 'm'], ['my lab.yaml']],
  [['snapshot', 'door', '--qu'], ['--quality']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['import', 'config.py', '--f'], ['--force']],
]

describe.runIf(isHere('bash'))('completion in bash', () => {
  const complete = (words: string[]) => {
    const typed = ['atalaya', ...words].map((word) => `'${word}'`).join(' ')
    const script = `source '${scripts.bash}'; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _atalaya; printf '%s\\n' "\${COMPREPLY[@]}"`
    return runShell('bash', `compopt() { :; }; ${script}`)
  }

  it('offers every command, and only those', () => {
    expect(complete(['']).filter((word) => !word.startsWith('-'))).toEqual(COMMANDS)
  })

  it.each(CASES)('completes %j to %j', (words, expected) => {
    expect(complete(words)).toEqual(expected)
  })

  it('offers nothing where nobody can guess', () => {
    expect(complete(['serve', '--port', ''])).toEqual([])
    expect(complete(['snapshot', 'x'])).toEqual([])
  })

  it('is registered for the command', () => {
    expect(runShell('bash', `source '${scripts.bash}'; complete -p atalaya`)).toEqual(['complete -F _atalaya atalaya'])
  })
})

describe.runIf(isHere('fish'))('completion in fish', () => {
  const complete = (words: string[]) =>
    runShell('fish', `source '${scripts.fish}'; complete -C 'atalaya ${words.join(' ')}'`).map((line) => line.split('\t')[0])

  it('offers every command, and only those', () => {
    expect(complete(['']).toSorted()).toEqual(COMMANDS.toSorted())
  })

  it.each(CASES)('completes %j to %j', (words, expected) => {
    expect(
      complete(words)
        .map((word) => word?.replaceAll('\\', ''))
        .toSorted(),
    ).toEqual(expected.toSorted())
  })
})

describe.runIf(isHere('zsh'))('completion in zsh', () => {
  /** What a terminal of zsh shows within ten seconds, up to what is expected. Tab is pressed twice: the first one may only list. */
  const complete = (words: string[], expected: string) => {
    const script = `
      setopt extendedglob; zmodload zsh/zpty; zpty shell zsh -f -i
      zpty -w shell "PS1='>'; autoload -Uz compinit; compinit -u -d ${folder.path}/dump; source ${scripts.zsh}; echo re''ady"
      local shown='' part=''; zpty -r shell part '*ready*'
      zpty -w -n shell $'atalaya ${words.join(' ')}\\t\\t'
      repeat 200; do
        if zpty -r -t shell part; then shown+=$part; else sleep 0.05; fi
        shown="\${shown//($'\\e'\\[[0-9;?]#[a-zA-Z]|$'\\e'[=>]|$'\\b'|$'\\r'|$'\\a')/}"
        [[ $shown == *'${expected}'* ]] && break
      done
      print -r -- "$shown"; zpty -d shell`
    return runShell('zsh', script).join('\n')
  }

  it('is valid', () => {
    expect(runShell('zsh', `zsh -n '${scripts.zsh}'`)).toEqual([])
  })

  it.each<[string[], string]>([
    [['se'], 'atalaya serve'],
    [['serve', '--po'], 'serve --port'],
    [['check', 'm'], 'check my\\ lab.yaml'],
    [['completion', 'fi'], 'completion fish'],
  ])('completes %j', { timeout: 20_000 }, (words, expected) => {
    expect(complete(words, expected)).toContain(expected)
  })
})

it('knows every command and every option of the program', async () => {
  const program = quietProgram()
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await runCommand(['completion', shell], { folder: folder.path })
    for (const command of program.commands) {
      expect(stdout).toContain(command.name())
      for (const { long } of command.options) expect(stdout).toContain(shell === 'fish' ? `-l ${long?.slice(2)}` : long)
    }
  }
  expect(program.commands.map((command) => command.name())).toEqual(COMMANDS)
})

it('refuses shells that it does not know', async () => {
  const { exitCode, stderr } = await runCommand(['completion', 'cmd'], { folder: folder.path })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('Allowed choices are bash, zsh, fish')
})
