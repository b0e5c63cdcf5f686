import { inferred, UserError } from '../../base/index.ts';
import { byDefault, chosen, configured, decision, type Answer, type Context } from '../decision.ts';

export const dockerfileInstall = decision({
  id: 'dockerfile-install',
  question: 'How do dependencies reach the final stage of the written Dockerfile?',
  choices: {
    venv: 'a virtual environment, made in the first stage and copied whole: no installer runs in the final stage',
    wheels: 'wheels, built in the first stage and installed by the final stage’s own pip: `pip list` shows them',
  },
  why: 'A virtual environment is one folder: it is copied in one layer, nothing of what made it comes along, and both stages have the same interpreter, so it runs where it was made.',
  key: 'dockerfile.install',
  decide(context): Answer {
    const install = context.config.dockerfile?.install;
    if (install === undefined)
      return byDefault(
        'venv',
        SAYS.venv,
        inferred('dockerfile-install/venv', 'one folder is copied, and no installer runs in the final stage'),
      );
    if (install === 'wheels') refuseWithoutSecondStage(context);
    return configured(install, SAYS[install], 'dockerfile.install');
  },
});

const SAYS = { venv: '/app/.venv, copied whole', wheels: 'wheels, installed from the first stage' } as const;

function refuseWithoutSecondStage(context: Context): void {
  if (chosen(context, 'dockerfile-stages') === 'single')
    throw new UserError(
      '`dockerfile.install: wheels` needs two stages, and `dockerfile.stages` says `single`',
      'leave one of the two out',
      { file: 'plimsoll.yaml' },
    );
  const kind = context.service.python.dependencies?.value.kind;
  if (kind === 'poetry.lock' || kind === 'pylock.toml')
    throw new UserError(
      `pip cannot build wheels from ${kind}`,
      `leave \`dockerfile.install: wheels\` out: ${kind === 'poetry.lock' ? 'Poetry' : 'uv'} fills a virtual environment`,
      {
        file: 'plimsoll.yaml',
      },
    );
}
