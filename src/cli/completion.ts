import type { Command } from 'commander';
import { UserError } from '../base/index.ts';
import { examples } from './options.ts';

const COMMANDS = 'init ship plan build run prove lint inspect compare validate pin explain doctor cache completion';
const OPTIONS =
  '--json --entry --base --no-bytecode --output --platform --tag --locked --created --env --env-file --only --skip --allow-unproven --html --markdown --junit --sarif --profile --probe --runner --image --port --health --writable --memory --ready --grace --budget --preset --format --fail-on --fix --unsafe --diff --dockerfile --interactive --help';

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_plimsoll() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${COMMANDS}" -- "$word"));
  elif [[ $word == -* ]]; then COMPREPLY=($(compgen -W "${OPTIONS}" -- "$word"));
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _plimsoll plimsoll
`,
  zsh: `#compdef plimsoll
_plimsoll() {
  if (( CURRENT == 2 )); then compadd ${COMMANDS}
  elif [[ \${words[CURRENT]} == -* ]]; then compadd -- ${OPTIONS}
  else _files; fi
}
compdef _plimsoll plimsoll
`,
  fish: `complete -c plimsoll -n __fish_use_subcommand -f -a '${COMMANDS}'
${OPTIONS.split(' ')
  .map((o) => `complete -c plimsoll -n 'not __fish_use_subcommand' -l ${o.slice(2)}`)
  .join('\n')}
`,
};

export function define(command: Command): void {
  command
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      examples(
        'source <(plimsoll completion bash)',
        'plimsoll completion zsh > "${fpath[1]}/_plimsoll"',
        'plimsoll completion fish > ~/.config/fish/completions/plimsoll.fish',
      ),
    )
    .action((shell: string) => {
      const script = SCRIPTS[shell];
      if (script === undefined) throw new UserError(`no completion for \`${shell}\``, 'take bash, zsh or fish');
      process.stdout.write(script);
    });
}
