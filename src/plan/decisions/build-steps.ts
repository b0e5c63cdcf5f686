import { splitWords, UserError } from '../../base/index.ts';
import { withInterpreter } from '../command.ts';
import { configured, decision, detected, type Answer, type Context } from '../decision.ts';
import { dummiesFor } from '../dummies.ts';
import type { BuildStep } from '../types.ts';
import { environmentOf } from './environment.ts';
import { APPLICATION_ROOT } from './writable-paths.ts';

export const buildSteps = decision({
  id: 'build-steps',
  question: 'What of the application runs while the image is made?',
  choices: {
    collectstatic: 'Django gathers its static files in one folder, under names with their hash',
    own: 'the commands of plimsoll.yaml',
    none: 'no code of the service runs; pages that need collected files fail',
  },
  why: 'Some files of a service are made by the service itself. Such a command runs in the image, as root without capabilities, without network; variables that the service requires have dummy values for that command alone. What it writes below /app becomes a layer.',
  key: 'build.steps',
  decide(context): Answer | undefined {
    const own = context.config.build?.steps;
    if (own?.length === 0) return configured('none', 'none, as plimsoll.yaml says', 'build.steps');
    const found = context.service.staticFiles;
    if (!own && !found) return undefined;
    const says = buildStepsOf(context)
      .map((step) => stepText(step) + dummyText(step, context))
      .join('; ');
    return found && !own ? detected('collectstatic', says, ...found.because) : configured('own', says, 'build.steps');
  },
});

export const stepText = ({ argv }: Pick<BuildStep, 'argv'>): string => argv.join(' ');

function dummyText({ environment }: BuildStep, context: Context): string {
  const names = Object.keys(dummies(context)).filter((name) => name in environment);
  return names.length === 0 ? '' : `, with dummies for ${names.join(', ')}`;
}

const dummies = (context: Context): Record<string, string> => dummiesFor(environmentOf(context), context.service.examples);

/** The commands to run, in order. Throws UserError for one that needs a shell. */
export function buildStepsOf(context: Context): readonly BuildStep[] {
  const { config } = context;
  const given = dummies(context);
  const steps = config.build?.steps?.map((step) => (typeof step === 'string' || Array.isArray(step) ? { run: step } : step));
  return (steps ?? detectedSteps(context)).map(({ run, env, writes }) => ({
    argv: withInterpreter(typeof run === 'string' ? wordsOf(run) : run),
    environment: sorted({ ...given, ...env }),
    writes: writes ?? [APPLICATION_ROOT],
  }));
}

type Wanted = Exclude<NonNullable<NonNullable<Context['config']['build']>['steps']>[number], string | string[]>;

function detectedSteps({ service: { staticFiles, environment }, config }: Context): readonly Wanted[] {
  if (!staticFiles) return [];
  const { manage, root } = staticFiles.value;
  // manage.py often names the settings for development: those that the service starts with are meant.
  const isSet = config.environment?.['DJANGO_SETTINGS_MODULE'] !== undefined;
  const settings = isSet ? undefined : environment.find(({ name }) => name === 'DJANGO_SETTINGS_MODULE')?.default;
  return [
    {
      run: ['python3', manage, 'collectstatic', '--noinput'],
      ...(settings === undefined ? {} : { env: { DJANGO_SETTINGS_MODULE: settings } }),
      writes: root?.startsWith('/') && !root.startsWith(`${APPLICATION_ROOT}/`) ? [APPLICATION_ROOT, root] : [APPLICATION_ROOT],
    },
  ];
}

/** As a shell would split them; the image has none that could do more. */
function wordsOf(line: string): readonly string[] {
  const words = line.includes('$') ? undefined : splitWords(line);
  if (words !== undefined && words.length > 0) return words;
  throw new UserError(
    `the build step \`${line}\` needs a shell, and the image has none`,
    'write it as a list of words, or as a script that Python runs',
    {
      file: 'plimsoll.yaml',
    },
  );
}

const sorted = (variables: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1)));
