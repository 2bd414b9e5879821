import type { DescribedCommand, DescribedOption, DescribedValue } from './describe-program.ts'

/** A script for bash 3.2 and newer; it needs no package beside it. */
export function formatBash(commands: readonly DescribedCommand[], options: readonly DescribedOption[]): string {
  const names = commands.map(({ name }) => name)
  return `# Completion of atalaya for bash: source <(atalaya completion bash)
_atalaya() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="" command="" word
  ((COMP_CWORD > 0)) && previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${names.join('|')}) command="$word"; break ;; esac
  done
  COMPREPLY=()
  case "$command:$previous" in
${commands.flatMap((command) => command.options.flatMap((option) => valueCase(command.name, option))).join('\n')}
  esac
  case "$command" in
${commands.map(commandCase).join('\n')}
    *) _atalaya_words "${[...names, ...namesOf(options)].join(' ')}" ;;
  esac
}

_atalaya_words() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "\${COMP_WORDS[COMP_CWORD]}")
}

_atalaya_files() {
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")
}

complete -F _atalaya atalaya
`
}

/** What follows an option that takes a value: its words, files, or whatever one types. */
function valueCase(command: string, { names, value }: DescribedOption): string[] {
  if (!value) return []
  return [`    ${names.map((name) => `${command}:${name}`).join('|')}) ${completionOf(value)}return ;;`]
}

function commandCase({ name, options, argument }: DescribedCommand): string {
  const words = `_atalaya_words "${namesOf(options).join(' ')}"`
  const values = argument ? completionOf(argument) : ''
  return `    ${name}) if [[ $current == -* ]]; then ${words}; else ${values || ':; '}fi ;;`
}

function completionOf({ words, isFile }: DescribedValue): string {
  if (isFile) return '_atalaya_files; '
  return words.length > 0 ? `_atalaya_words "${words.join(' ')}"; ` : ''
}

function namesOf(options: readonly DescribedOption[]): string[] {
  return options.flatMap(({ names }) => names)
}
