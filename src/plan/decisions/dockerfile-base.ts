import { satisfies } from '@renovatebot/pep440';
import { inferred, UserError } from '../../base/index.ts';
import { byDefault, chosen, configured, decision, type Answer, type Context } from '../decision.ts';
import { canBeBuiltOn, imageNamed } from '../images.ts';
import { SUITES, UNKNOWN_PYTHON } from '../suites.ts';
import type { DockerfileBase } from '../types.ts';

export const dockerfileBase = decision({
  id: 'dockerfile-base',
  question: 'Which image does the written Dockerfile build on?',
  choices: {
    'python:X-slim': 'official, Debian: wheels fit, security updates by apt; about 120 MB',
    'python:X-alpine': 'official, musl: about 50 MB, but packages without a musllinux wheel must be compiled',
    'python:X': 'official, with compilers and headers: about 1 GB, for what cannot be built elsewhere',
    'amazonlinux:2023': 'what AWS supports on ECS and Lambda, until 2028; Python is installed by dnf',
  },
  why: 'A Dockerfile starts from an image of a registry, where the direct engine assembles its base from Debian packages. The image decides the interpreter, the C library, the package manager, and who mends what is found in it.',
  key: 'dockerfile.base',
  decide(context): Answer {
    const named = context.config.dockerfile?.base;
    const base = dockerfileBaseOf(context);
    refuseUnlessAllowed(context, base);
    const answer =
      named === undefined
        ? byDefault(
            base.reference,
            says(base),
            inferred('dockerfile-base/same', 'the same Python and Debian release as the direct engine takes'),
          )
        : configured(base.reference, says(base), 'dockerfile.base');
    return { ...answer, is: KINDS[base.family] };
  },
});

const KINDS = { debian: 'python:X-slim', alpine: 'python:X-alpine', amazonlinux: 'amazonlinux:2023' } as const;

const says = ({ family, suite, python }: DockerfileBase): string =>
  family === 'amazonlinux'
    ? `Amazon Linux 2023 with Python ${python}`
    : `Python ${python} on ${suite === undefined ? 'Alpine' : `Debian ${suite}`}`;

/** The image of the written Dockerfile. Throws UserError for one that none can be written on. */
export function dockerfileBaseOf(context: Context): DockerfileBase {
  const base = chosen(context, 'base');
  const python = chosen(context, 'interpreter');
  const suite = SUITES.find(({ name }) => name === base);
  const known = python === UNKNOWN_PYTHON ? (SUITES[0]?.python ?? '') : python;
  const official = `python:${known}-slim-${suite?.name ?? SUITES[0]?.name}`;
  const reference = context.config.dockerfile?.base ?? (suite === undefined && canBeBuiltOn(base) ? base : official);
  const image = imageNamed(reference);
  return { ...image, python: image.python ?? context.config.python ?? known };
}

function refuseUnlessAllowed({ service, config }: Context, { reference, python }: DockerfileBase): void {
  const { requires } = service.python;
  const exact = /python:(3\.\d+\.\d+)/.exec(reference)?.[1];
  // Of a minor version the newest is what the tag means.
  if (config.dockerfile?.base === undefined || !requires || satisfies(exact ?? `${python}.99`, requires.value)) return;
  throw new UserError(
    `\`${reference}\` has Python ${exact ?? python}, which requires-python "${requires.value}" rules out`,
    'name another image in `dockerfile.base`, or widen requires-python',
    { file: 'plimsoll.yaml' },
  );
}
