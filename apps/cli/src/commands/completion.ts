import { EXIT } from '@firedrill/contracts'
import type { Cli } from '../cli.ts'

/** Shells that can complete `firedrill`. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** What completion knows of one command. `words`: subcommands and the values an argument may have. */
export type CompletedCommand = Readonly<{
  name: string
  description: string
  words: readonly string[]
  options: readonly string[]
}>

/** Prints the completion script of a shell. */
export async function completion(
  cli: Cli,
  shell: Shell,
  commands: readonly CompletedCommand[],
): Promise<number> {
  cli.terminal.out(SCRIPTS[shell](commands))
  return EXIT.held
}

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash,
  zsh,
  fish,
}

function bash(commands: readonly CompletedCommand[]): string {
  return `# firedrill completion bash; load it with: source <(firedrill completion bash)
_firedrill() {
  local words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${names(commands)}"
  else
    case "\${COMP_WORDS[1]}" in
${cases(commands, '      ', 'words=')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _firedrill firedrill
`
}

function zsh(commands: readonly CompletedCommand[]): string {
  return `#compdef firedrill
# firedrill completion zsh; load it with: source <(firedrill completion zsh)
_firedrill() {
  local list=""
  if (( CURRENT == 2 )); then
    list="${names(commands)}"
  else
    case "$words[2]" in
${cases(commands, '      ', 'list=')}
    esac
  fi
  compadd -- \${=list}
  (( CURRENT > 2 )) && _files
}
compdef _firedrill firedrill
`
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, description, words, options }) => {
    const after = `complete -c firedrill -n '__fish_seen_subcommand_from ${name}'`
    return [
      `complete -c firedrill -n __fish_use_subcommand -a ${name} -d '${description.replaceAll("'", "\\'")}'`,
      ...options.map((option) => `${after} -l ${option.replace(/^--/, '')}`),
      ...(words.length === 0 ? [] : [`${after} -a '${words.join(' ')}'`]),
    ]
  })
  return `# firedrill completion fish; load it with: firedrill completion fish | source\n${lines.join('\n')}\n`
}

function names(commands: readonly CompletedCommand[]): string {
  return commands.map(({ name }) => name).join(' ')
}

function cases(commands: readonly CompletedCommand[], indent: string, assign: string): string {
  return commands
    .map(({ name, words, options }) => `${indent}${name}) ${assign}"${[...words, ...options].join(' ')}" ;;`)
    .join('\n')
}
