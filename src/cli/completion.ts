import { Command } from 'commander';
import { UserError } from '../base/index.ts';
import { examples } from './options.ts';

/** A command and its options, `--json`. */
interface Completed {
  readonly name: string;
  readonly options: readonly string[];
}

const SCRIPTS: Readonly<Record<string, (commands: readonly Completed[]) => string>> = {
  bash: (commands) => `_plimsoll() {
  local word=\${COMP_WORDS[COMP_CWORD]} options=
  case \${COMP_WORDS[1]} in
${commands.map(({ name, options }) => `    ${name}) options='${options.join(' ')}' ;;`).join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${namesOf(commands)}" -- "$word"));
  elif [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$word"));
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _plimsoll plimsoll
`,
  zsh: (commands) => `#compdef plimsoll
_plimsoll() {
  local -A options=(
${commands.map(({ name, options }) => `    ${name} '${options.join(' ')}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then compadd ${namesOf(commands)}
  elif [[ \${words[CURRENT]} == -* ]]; then compadd -- \${=options[\${words[2]}]}
  else _files; fi
}
compdef _plimsoll plimsoll
`,
  fish: (commands) => `complete -c plimsoll -n __fish_use_subcommand -f -a '${namesOf(commands)}'
${commands
  .flatMap(({ name, options }) => options.map((o) => `complete -c plimsoll -n '__fish_seen_subcommand_from ${name}' -l ${o.slice(2)}`))
  .join('\n')}
`,
};

const namesOf = (commands: readonly Completed[]): string => commands.map(({ name }) => name).join(' ');

/** What the commands themselves declare. */
async function completed(): Promise<readonly Completed[]> {
  const { commands } = await import('./commands.ts');
  return Promise.all(
    commands.map(async ({ name, load }) => {
      const command = new Command(name);
      (await load()).define(command);
      return { name, options: [...command.options.flatMap(({ long }) => long ?? []), '--help'] };
    }),
  );
}

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
    .action(async (shell: string) => {
      const script = SCRIPTS[shell];
      if (script === undefined) throw new UserError(`no completion for \`${shell}\``, 'take bash, zsh or fish');
      process.stdout.write(script(await completed()));
    });
}
