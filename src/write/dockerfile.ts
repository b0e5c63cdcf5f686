import { citeLasting } from '../base/index.ts';
import type { Decision, Plan } from '../plan/index.ts';
import { familyOf, type Family } from './family.ts';
import { installOf, interpreterOf, VENV, WHEELS, type Install } from './install.ts';
import { application, toolsOf, translationsStage } from './made.ts';
import { start, type Says } from './start.ts';
import { block, comment, continued, inQuotes, quoted, run } from './words.ts';

/**
 * A Dockerfile that makes the image a Plan describes, and stands on its own: BuildKit needs nothing of Plimsoll. Each
 * block begins with the decision it carries out and what that rests on.
 */
export function writeDockerfile(plan: Plan): string {
  const parts: Parts = {
    plan,
    install: installOf(plan),
    family: familyOf(plan.dockerfile.base),
    says: (id, text) => `${text}${reason(plan, id)}`,
  };
  const isSingle = plan.dockerfile.stages === 'single';
  return `${[
    '# syntax=docker/dockerfile:1',
    comment(
      `${plan.service.name.value}: written by \`plimsoll init\`. It is yours: change what you like.`,
      ...(isSingle ? ['One stage, for development only: what installs stays in the image.'] : []),
    ),
    '',
    ...(isSingle ? single(parts) : [...builder(parts), ...translationsStage(plan, parts.says), ...runtime(parts)]),
    ...environment(parts),
    ...application(plan, parts.install, parts.says),
    ...labels(plan),
    start(plan, parts.install, parts.says),
  ].join('\n')}`.replace(/\n+$/, '\n');
}

interface Parts {
  readonly plan: Plan;
  readonly install: Install | undefined;
  readonly family: Family;
  readonly says: Says;
}

/** What a decision rests on, for a comment. */
function reason({ decisions }: Plan, id: string): string {
  const decision: Decision | undefined = decisions.find((each) => each.id === id);
  const evidence = decision?.because.find((each) => each.from !== 'rule');
  return evidence === undefined ? '' : ` (${citeLasting(evidence)})`;
}

/** FROM, with what it is and how its digest is found. */
function from({ plan, says }: Parts, name?: string): string[] {
  const { reference } = plan.dockerfile.base;
  const [tag = '', digest] = reference.split('@');
  const what = plan.decisions.find(({ id }) => id === 'dockerfile-base')?.says ?? reference;
  const known =
    digest === undefined ? ['No hash: the tag may move. With its hash behind it, as NAME:TAG@sha256:…, each build has the same base.'] : [];
  return [
    comment(
      says('dockerfile-base', `Base image: ${what}${digest === undefined ? '' : ' (hash for reproducibility)'}`),
      ...known,
      `Hash verification: docker pull ${tag}`,
      `Update hash: docker inspect --format='{{index .RepoDigests 0}}' ${tag}`,
    ),
    `FROM ${reference}${name === undefined ? '' : ` AS ${name}`}`,
  ];
}

function builder(parts: Parts): string[] {
  const { plan, install } = parts;
  if (install === undefined) return [];
  return [
    comment('Builder stage: what installs the dependencies stays here.'),
    block(...from(parts, 'builder')),
    ...buildPackages(parts),
    block(...install.tools, `WORKDIR ${plan.contract.workingDir}`, ...manifests(install), ...install.lines),
  ];
}

function runtime(parts: Parts): string[] {
  const { plan, install } = parts;
  const { reference } = plan.dockerfile.base;
  const opening = install === undefined ? from(parts) : [`FROM ${reference}`];
  return [
    block(comment('Runtime stage: Minimal Python environment'), ...opening),
    ...packages(parts),
    ...user(parts),
    ...directories(parts),
    `WORKDIR ${plan.contract.workingDir}\n`,
    ...dependencies(parts),
  ];
}

function single(parts: Parts): string[] {
  const { plan, install } = parts;
  return [
    block(...from(parts)),
    ...buildPackages(parts),
    ...packages(parts),
    ...user(parts),
    ...directories(parts),
    `WORKDIR ${plan.contract.workingDir}\n`,
    ...(install === undefined ? [] : [block(...install.tools, ...manifests(install), ...install.lines)]),
  ];
}

/** Each file where the tools look for it. */
function manifests({ manifests: files }: Install): string[] {
  const folders = [...new Set(files.map(folderOf))];
  if (folders.length === 0) return [];
  return [
    comment('Copy dependency files (layer cache optimization): what follows is made anew only when these change.'),
    ...folders.map((folder) => `COPY ${files.filter((file) => folderOf(file) === folder).join(' ')} ./${folder}`),
    '',
  ];
}

/** With its slash; empty for the repository itself. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** An interpreter where the image has none, and what compiles. */
function buildPackages({ plan: { dockerfile }, family }: Parts): string[] {
  const { compiles, base } = dockerfile;
  // Those of plimsoll.yaml are taken as they are written.
  const own =
    dockerfile.buildPackages.length > 0 ? dockerfile.buildPackages : [...family.compilers, ...dockerfile.headers].map(family.pinned);
  const all = [...[...family.python, ...family.pip].map(family.pinned), ...(compiles ? own : [])];
  if (all.length === 0) return [];
  const unknown = all.filter(isOpen);
  return [
    block(
      comment(
        `Install ${base.hasPython ? '' : `Python ${base.python}${compiles ? ' and ' : ', with pip'}`}${compiles ? 'build dependencies' : ''}`,
        ...(compiles ? buildNotes(own) : []),
        ...versionNote(unknown, family),
      ),
      family.install(all, dockerfile.stages === 'single'),
    ),
  ];
}

/** What each is there for: compilers in one line, headers in another. */
function buildNotes(packages: readonly string[]): string[] {
  const names = packages.map((each) => each.replace(/[=~].*$|-\d[^-]*$/, ''));
  const headers = names.filter((name) => /-(devel|dev|headers)$/.test(name));
  const compilers = names.filter((name) => /^(gcc|g\+\+|make|build-base|build-essential)$/.test(name));
  return [
    ...(compilers.length > 0 ? [`${compilers.join('/')}: Required for compiling native Python extensions`] : []),
    ...(headers.length > 0 ? [`${headers.join('/')}: Headers needed for extension compilation`] : []),
  ];
}

/** A package without a version: none is known that is right for this base. */
const isOpen = (written: string): boolean => !/[=~<>]|-\d/.test(written);

const versionNote = (open: readonly string[], family: Family): readonly string[] => (open.length === 0 ? [] : family.open(open));

/** What the final stage needs beside the service: an interpreter, an init, curl, what plimsoll.yaml names. */
function packages({ plan, family, says }: Parts): string[] {
  const { dockerfile, contract } = plan;
  const isWheels = dockerfile.install === 'wheels';
  const isSingle = dockerfile.stages === 'single';
  const curl = dockerfile.healthCheck === 'curl' && contract.healthCheck?.path !== undefined;
  const python = isSingle ? [] : [...family.python, ...(isWheels ? family.pip : [])];
  const kept = dockerfile.packages.filter(({ name }) => dockerfile.base.family !== 'amazonlinux' || !INITS.includes(name));
  const own = kept.map(({ name }) => name);
  const names = [...new Set([...python, ...family.userTools, ...own, ...(curl ? ['curl'] : []), ...toolsOf(plan)])].map(family.pinned);
  if (names.length === 0) return [];
  const unknown = names.filter(isOpen);
  const init = own.filter((name) => INITS.includes(name));
  return [
    block(
      comment(
        'Install runtime dependencies only',
        ...(init.length > 0 ? [says('pid1', `${init.join()}: process 1, which reaps orphans and passes signals on`)] : []),
        ...needed(kept),
        ...(curl ? ['curl: Required for Docker HEALTHCHECK'] : []),
        ...(names.some((name) => name === 'curl-minimal') ? ['curl-minimal: has the program; the package curl conflicts with it'] : []),
        ...versionNote(unknown, family),
      ),
      family.install(names, true),
    ),
  ];
}

/** Who asks for which packages; a reason in one line. */
function needed(packages: Plan['dockerfile']['packages']): string[] {
  const reasons = new Map<string, string[]>();
  for (const { name, why } of packages) if (why !== undefined) reasons.set(why, [...(reasons.get(why) ?? []), name]);
  return [...reasons].map(([why, names]) => `${names.join(', ')}: ${why}`);
}

const INITS = ['tini', 'dumb-init'];

function user({ plan: { contract }, family, says }: Parts): string[] {
  return [block(comment(says('user', 'A user that is not root, without a login.')), run([], ...family.addUser(contract.user)))];
}

function directories({ plan: { recipe, contract }, says }: Parts): string[] {
  const kept = contract.writablePaths.filter(({ kind }) => kind === 'volume').map(({ path }) => path);
  const paths = [...new Set([...recipe.directories, ...kept])];
  if (paths.length === 0) return [];
  const { uid, gid } = contract.user;
  return [block(comment(says('writable-paths', 'What the service writes to.')), `RUN install -d -o ${uid} -g ${gid} ${paths.join(' ')}`)];
}

/** From the builder: the environment whole, or the wheels, which are mounted and stay in no layer. */
function dependencies({ plan, install }: Parts): string[] {
  if (install === undefined) return [];
  if (plan.dockerfile.install === 'venv')
    return [block(comment('Dependencies, as the builder installed them.'), `COPY --from=builder ${VENV} ${VENV}`)];
  const isCompiled = plan.recipe.bytecode === 'dependencies';
  const pip = `${interpreterOf(plan.dockerfile)} -m pip install --no-cache-dir --no-index --no-deps${isCompiled ? '' : ' --no-compile'} ${WHEELS}/*.whl`;
  return [
    block(
      comment('Dependencies, from the wheels alone: they are mounted, so they stay in no layer, and nothing is asked of the network.'),
      run([`type=bind,from=builder,source=${WHEELS},target=${WHEELS}`], pip),
    ),
  ];
}

function environment({ plan, install }: Parts): string[] {
  const set = plan.contract.environment.flatMap(({ name, value }) =>
    value === undefined || name === 'PATH' ? [] : [`${name}=${quoted(value)}`],
  );
  const hasVenv = install !== undefined && plan.dockerfile.install === 'venv';
  const [first, ...rest] = [...(hasVenv ? [`PATH="${VENV}/bin:$PATH"`] : []), ...set];
  if (first === undefined) return [];
  const wrapper = install?.tool === 'uv' ? ['This allows direct Python execution without uv wrapper'] : [];
  return [
    block(
      comment(
        ...(hasVenv ? ['Activate virtual environment by setting PATH', ...wrapper] : []),
        'Variables of the image; the service reads its own when it starts.',
      ),
      continued(`ENV ${first}`, ...rest),
    ),
  ];
}

function labels({ contract }: Plan): string[] {
  const [first, ...rest] = Object.entries(contract.labels).map(([name, value]) => `${name}=${inQuotes(value)}`);
  return first === undefined ? [] : [block(continued(`LABEL ${first}`, ...rest))];
}
