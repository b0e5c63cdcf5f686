import { cite } from '../base/index.ts';
import { suiteNamed, type Base, type Decision, type Plan } from '../plan/index.ts';
import { installOf, VENV } from './install.ts';
import { comment, continued, duration, execForm, quoted } from './words.ts';

/**
 * A Dockerfile that makes the image a Plan describes, and stands on its own: BuildKit needs nothing of Plimsoll. Each
 * block begins with the decision it carries out and what that rests on.
 */
export function writeDockerfile(plan: Plan): string {
  const install = installOf(plan);
  const image = imageOf(plan.recipe.base, plan.recipe.python.version);
  const says = (id: string, text: string): string => comment(`${text}${reason(plan, id)}`);
  const build =
    install === undefined
      ? []
      : [
          block(
            comment(`${install.says} A stage of its own: what installs them stays here.`),
            `FROM ${image} AS dependencies`,
            'WORKDIR /build',
            ...copies(install.manifests),
            ...install.lines,
          ),
        ];
  return `${[
    '# syntax=docker/dockerfile:1',
    comment(`${plan.service.name.value}: written by \`plimsoll init\`. It is yours: change what you like.`),
    '',
    ...build,
    block(
      says('base', `The image: ${plan.recipe.base.kind === 'debian' ? `Python ${plan.recipe.python.version} on Debian` : image}.`),
      `FROM ${image}`,
    ),
    ...labels(plan),
    ...environment(plan, install !== undefined),
    ...packages(plan, says),
    ...user(plan, says),
    ...directories(plan, says),
    ...(install === undefined
      ? []
      : [block(says('layers', 'What changes seldom comes first.'), `COPY --from=dependencies ${VENV} ${VENV}`)]),
    block(
      comment('The application belongs to root: the service can read its own code and cannot change it.'),
      `WORKDIR ${plan.contract.workingDir}`,
      'COPY . .',
    ),
    start(plan, says),
  ].join('\n')}`.replace(/\n+$/, '\n');
}

type Says = (id: string, text: string) => string;

/** Lines, and an empty one after them. */
const block = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

/** What a decision rests on, for a comment. */
function reason({ decisions }: Plan, id: string): string {
  const decision: Decision | undefined = decisions.find((each) => each.id === id);
  const evidence = decision?.because.find((each) => each.from !== 'rule');
  return evidence === undefined ? '' : ` (${cite(evidence)})`;
}

/** The official image with this interpreter, or the one that was named. */
const imageOf = (base: Base, python: string): string =>
  base.kind === 'registry' ? base.reference : `python:${python}-slim-${suiteNamed(base.suite).name}`;

/** Each file where the tools look for it. */
function copies(files: readonly string[]): string[] {
  const folders = [...new Set(files.map(folderOf))];
  return folders.map((folder) => {
    const inside = files.filter((file) => folderOf(file) === folder);
    return `COPY ${inside.join(' ')} ./${folder}`;
  });
}

/** With its slash; empty for the repository itself. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

function labels({ contract }: Plan): string[] {
  const [first, ...rest] = Object.entries(contract.labels).map(([name, value]) => `${name}=${quoted(value)}`);
  return first === undefined ? [] : [block(continued(`LABEL ${first}`, ...rest))];
}

function environment({ contract }: Plan, hasVenv: boolean): string[] {
  const set = contract.environment.flatMap(({ name, value }) =>
    value === undefined || name === 'PATH' ? [] : [`${name}=${quoted(value)}`],
  );
  const [first, ...rest] = [...(hasVenv ? [`PATH=${VENV}/bin:$PATH`] : []), ...set];
  return first === undefined
    ? []
    : [block(comment('Variables of the image; the service reads its own when it starts.'), continued(`ENV ${first}`, ...rest))];
}

function packages({ recipe }: Plan, says: Says): string[] {
  if (recipe.packages.length === 0) return [];
  const install = continued(
    'RUN apt-get update',
    `&& apt-get install --yes --no-install-recommends ${recipe.packages.map(pinned).join(' ')}`,
    '&& rm -rf /var/lib/apt/lists/*',
  );
  return [block(says('pid1', 'Who is process 1.'), install)];
}

/** Versions of bookworm and trixie alike; what follows the upstream version is Debian's and may change. */
const pinned = (name: string): string => ({ tini: 'tini=0.19.0-*', 'dumb-init': 'dumb-init=1.2.5-*' })[name] ?? name;

function user({ contract }: Plan, says: Says): string[] {
  const { uid, gid, name } = contract.user;
  return [
    block(
      says('user', 'Not root, by number: Kubernetes can tell that a number is not root.'),
      continued(
        `RUN groupadd --gid ${gid} ${name}`,
        `&& useradd --uid ${uid} --gid ${gid} --no-log-init --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ${name}`,
      ),
    ),
  ];
}

function directories({ recipe, contract }: Plan, says: Says): string[] {
  const paths = [
    ...new Set([...recipe.directories, ...contract.writablePaths.filter(({ kind }) => kind === 'volume').map(({ path }) => path)]),
  ];
  if (paths.length === 0) return [];
  const { uid, gid } = contract.user;
  return [
    block(
      says('writable-paths', 'What the service writes to.'),
      `RUN install --directory --owner=${uid} --group=${gid} ${paths.join(' ')}`,
    ),
  ];
}

function start({ contract }: Plan, says: Says): string {
  const { healthCheck: check } = contract;
  const lines = [
    says('user', 'How it runs.'),
    `USER ${contract.user.uid}:${contract.user.gid}`,
    ...contract.ports.map(({ port }) => `EXPOSE ${port}`),
    ...(contract.stop.signal === 'SIGTERM' ? [] : [`STOPSIGNAL ${contract.stop.signal}`]),
  ];
  if (check !== undefined) {
    const { intervalMs, timeoutMs, startPeriodMs, retries, test } = check;
    const times = `--interval=${duration(intervalMs)} --timeout=${duration(timeoutMs)} --start-period=${duration(startPeriodMs)}`;
    lines.push(
      says('health-check', 'Asked by Python itself: no curl in the image.'),
      continued(`HEALTHCHECK ${times} --retries=${retries}`, `CMD ${execForm(test)}`),
    );
  }
  if (contract.entrypoint.length > 0) lines.push(`ENTRYPOINT ${execForm(contract.entrypoint)}`);
  lines.push(`CMD ${execForm(contract.command)}`);
  return block(...lines);
}
