import type { DescribedCommand, DescribedOption, DescribedValue } from './describe-program.ts'

/** A script for fish 3 and newer. */
export function formatFish(commands: readonly DescribedCommand[], options: readonly DescribedOption[]): string {
  return [
    '# Completion of atalaya for fish: atalaya completion fish > ~/.config/fish/completions/atalaya.fish',
    'complete -c atalaya -f',
    ...commands.map(({ name, summary }) => `complete -c atalaya -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`),
    ...options.map((option) => `complete -c atalaya -n __fish_use_subcommand${flags(option)}`),
    ...commands.flatMap(ofCommand),
    '',
  ].join('\n')
}

function ofCommand({ name, options, argument }: DescribedCommand): string[] {
  const condition = `complete -c atalaya -n '__fish_seen_subcommand_from ${name}'`
  return [
    ...options.map((option) => condition + flags(option)),
    ...(argument?.isFile ? [`${condition} -F`] : []),
    ...(argument && argument.words.length > 0 ? [`${condition} -a ${quoted(argument.words.join(' '))}`] : []),
  ]
}

function flags({ names, summary, value }: DescribedOption): string {
  const switches = names.map((name) => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`))
  return `${switches.join('')}${value ? valueFlags(value) : ''} -d ${quoted(summary)}`
}

/** `-x`: a value, and no files; `-r -F`: a value, which may be a file. */
function valueFlags({ words, isFile }: DescribedValue): string {
  if (isFile) return ' -r -F'
  return words.length > 0 ? ` -x -a ${quoted(words.join(' '))}` : ' -x'
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
