import type { Plan } from '../plan/index.ts';
import { familyOf } from './family.ts';
import type { Install } from './install.ts';
import { named, type Says } from './start.ts';
import { block, comment, continued, shellWord } from './words.ts';

/** The stage that compiles translations. */
const TRANSLATIONS = 'translations';

/**
 * The application's files in the image, then what is made of them while the image is: compiled translations, and what build
 * steps write. Values are on the line of the command that has them, so that no ENV and no ARG keeps them.
 */
export function application(plan: Plan, install: Install | undefined, says: Says): string[] {
  const hasStage = compilesApart(plan);
  const last = 'Application code changes most often, so it comes last. It belongs to root: the service can read it and cannot change it.';
  return [
    hasStage
      ? block(comment(last, 'From the stage that compiled its translations.'), `COPY --from=${TRANSLATIONS} ${plan.contract.workingDir} .`)
      : block(comment(last), 'COPY . .'),
    ...(plan.recipe.translations !== undefined && !hasStage ? [block(comment(says('translations', COMPILED)), compile(plan))] : []),
    ...steps(plan, install, says),
  ];
}

const COMPILED = 'Translations: each .po gets its .mo beside it.';

/** gettext stays in a stage of its own, where the image has more than one. */
const compilesApart = ({ recipe, dockerfile }: Plan): boolean => recipe.translations !== undefined && dockerfile.stages === 'multi';

/** Empty where nothing is translated, or all is in one stage. */
export function translationsStage(plan: Plan, says: Says): string[] {
  if (!compilesApart(plan)) return [];
  const { base } = plan.dockerfile;
  const family = familyOf(base);
  return [
    comment('Translations stage: gettext compiles them, and stays here.'),
    block(`FROM ${base.reference} AS ${TRANSLATIONS}`),
    block(comment('Install gettext', ...versionNote(plan)), family.install([family.pinned(GETTEXT)], false)),
    block(`WORKDIR ${plan.contract.workingDir}`, 'COPY . .', comment(says('translations', COMPILED)), compile(plan)),
  ];
}

const GETTEXT = 'gettext';

function versionNote({ dockerfile }: Plan): readonly string[] {
  const family = familyOf(dockerfile.base);
  return family.pinned(GETTEXT) === GETTEXT ? family.open([GETTEXT]) : [];
}

/** What a single stage has to install for `application`. */
export const toolsOf = ({ recipe, dockerfile }: Plan): readonly string[] =>
  recipe.translations !== undefined && dockerfile.stages === 'single' ? [GETTEXT] : [];

/** All languages of a folder by one pattern: a new one needs no new Dockerfile. A pattern that .dockerignore emptied is passed over. */
function compile({ recipe }: Plan): string {
  const patterns = new Set((recipe.translations ?? []).map((path) => patternOf(path.split('/'))));
  return continued(
    `RUN for po in ${[...patterns].join(' ')}; do`,
    '  if [ -e "$po" ]; then msgfmt --output-file="${po%.po}.mo" "$po" || exit; fi;',
    'done',
  );
}

/** `./locale/*` and what stands below it, of `locale/de/LC_MESSAGES/django.po`. */
const patternOf = (path: readonly string[]): string => ['.', ...path.slice(0, -3).map(shellWord), '*', 'LC_MESSAGES', '*.po'].join('/');

/** In one RUN: hadolint asks for that (DL3059), and a step is no use without those before it. */
function steps(plan: Plan, install: Install | undefined, says: Says): string[] {
  const all = plan.recipe.steps ?? [];
  if (all.length === 0) return [];
  const commands = all.map(({ argv, environment }) => {
    const values = Object.entries(environment).map(([name, value]) => `${name}=${shellWord(value)}`);
    return [...values, named(plan, install, argv).map(shellWord).join(' ')];
  });
  const lines = commands.flatMap((words, i) => words.map((word, at) => (i > 0 && at === 0 ? `&& ${word}` : word)));
  return [
    block(
      comment(
        says('build-steps', 'What the service makes of itself, without network; what it leaves in /tmp stays in no layer.'),
        ...(commands.some((words) => words.length > 1)
          ? ['Values are for one command alone: dummies, where the service requires them.']
          : []),
      ),
      continued('RUN --network=none --mount=type=tmpfs,target=/tmp', ...lines),
    ),
  ];
}
