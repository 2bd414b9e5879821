import type { DescribedCommand, DescribedOption, DescribedValue } from './describe-program.ts'

/** A script for zsh's own completion system: a file of `fpath`, or sourced after `compinit`. */
export function formatZsh(commands: readonly DescribedCommand[], options: readonly DescribedOption[]): string {
  return `#compdef atalaya
# Completion of atalaya for zsh: atalaya completion zsh > ~/.zfunc/_atalaya
_atalaya() {
  local curcontext="$curcontext" state line
  _arguments -C \\
${lines([...options.map(optionSpec), quoted('1:command:->command'), quoted('*::argument:->argument')], 4)}
  case $state in
    command)
      local -a commands=(
${commands.map(({ name, summary }) => `        ${quoted(`${name}:${summary}`)}`).join('\n')}
      )
      _describe command commands
      ;;
    argument)
      case $line[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _atalaya ]]; then _atalaya "$@"; else compdef _atalaya atalaya; fi
`
}

function commandCase({ name, options, argument }: DescribedCommand): string {
  const specs = [...options.map(optionSpec), ...(argument ? [argumentSpec(argument)] : [])]
  return `        ${name})
          _arguments \\
${lines(specs, 12)}
          ;;`
}

function lines(specs: readonly string[], indent: number): string {
  return specs.map((spec) => ' '.repeat(indent) + spec).join(' \\\n')
}

/** `'(-p --port)'{-p,--port}'[text]:value:action'` (zshcompsys(1), _arguments). */
function optionSpec({ names, summary, value }: DescribedOption): string {
  const text = `[${summary.replace(/[[\]\\]/g, '\\$&')}]${value ? `:value:${actionOf(value)}` : ''}`
  if (names.length === 1) return quoted(`${names[0]}${text}`)
  return `${quoted(`(${names.join(' ')})`)}{${names.join(',')}}${quoted(text)}`
}

function argumentSpec(argument: DescribedValue): string {
  return quoted(`${argument.isRepeated ? '*' : '1'}:argument:${actionOf(argument)}`)
}

/** A space alone: something is expected, and nobody knows what. */
function actionOf({ words, isFile }: DescribedValue): string {
  if (isFile) return '_files'
  return words.length > 0 ? `(${words.join(' ')})` : ' '
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
