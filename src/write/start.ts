import type { Plan } from '../plan/index.ts';
import { familyOf } from './family.ts';
import { interpreterOf, VENV, type Install } from './install.ts';
import { block, comment, continued, duration, execForm } from './words.ts';

/** A decision's words for a comment, with what it rests on. */
export type Says = (id: string, text: string) => string;

/** The last part: as whom, on which port, how it is asked, what is started. */
export function start(plan: Plan, install: Install | undefined, says: Says): string {
  const { contract } = plan;
  return block(
    comment(says('user', 'How it runs: as a number, so that Kubernetes can tell that it is not root.')),
    `USER ${contract.user.uid}:${contract.user.gid}`,
    ...exposed(plan),
    ...(contract.stop.signal === 'SIGTERM' ? [] : [`STOPSIGNAL ${contract.stop.signal}`]),
    ...health(plan, install, says),
    ...(contract.entrypoint.length > 0 ? [`ENTRYPOINT ${execForm(entrypointOf(plan, install))}`] : []),
    comment(...startNotes(plan, install)),
    `CMD ${execForm(named(plan, install, contract.command))}`,
  );
}

/** By the variable that names the port, where the image sets one. */
function exposed({ contract }: Plan): string[] {
  return contract.ports.map(({ port }) => {
    const variable = contract.environment.find(({ name, value }) => name === 'PORT' && value === String(port));
    return `EXPOSE ${variable === undefined ? port : `\${${variable.name}}`}`;
  });
}

function health(plan: Plan, install: Install | undefined, says: Says): string[] {
  const { healthCheck: check, ports } = plan.contract;
  const by = plan.dockerfile.healthCheck;
  if (check === undefined || by === 'none') return [];
  const { intervalMs, timeoutMs, startPeriodMs, retries, test, path } = check;
  const times = `--interval=${duration(intervalMs)} --timeout=${duration(timeoutMs)} --start-period=${duration(startPeriodMs)}`;
  const curls = by === 'curl' && path !== undefined;
  return [
    comment(
      says(
        'health-check',
        curls
          ? 'Asked by curl, which fails from status 400 on (-f). Exec form: no shell is needed, and any failure is unhealthy.'
          : 'Asked by Python itself: no curl in the image.',
      ),
    ),
    continued(
      `HEALTHCHECK ${times} --retries=${retries}`,
      `CMD ${execForm(curls ? ['curl', '-f', `http://localhost:${ports[0]?.port}${path}`] : named(plan, install, test))}`,
    ),
  ];
}

function entrypointOf(plan: Plan, install: Install | undefined): string[] {
  const [program = '', ...rest] = plan.contract.entrypoint;
  const place = familyOf(plan.dockerfile.base).programs[program] ?? program;
  const isInVenv = place === 'dumb-init' && install !== undefined && plan.dockerfile.install === 'venv';
  return [isInVenv ? `${VENV}/bin/${place}` : place, ...rest];
}

/** The interpreter of the environment is called `python`, as is that of a `python` image. */
export function named({ dockerfile }: Plan, install: Install | undefined, words: readonly string[]): string[] {
  const [program = '', ...rest] = words;
  if (program !== 'python3') return [...words];
  const isInVenv = install !== undefined && dockerfile.install === 'venv';
  return [isInVenv ? 'python' : interpreterOf(dockerfile), ...rest];
}

function startNotes({ contract }: Plan, install: Install | undefined): string[] {
  const isPython = contract.command[0] === 'python3';
  const exec =
    contract.entrypoint.length > 0
      ? 'ENTRYPOINT passes signals on to CMD, which may be replaced by itself.'
      : 'Exec form: no shell stands between the signals and the service.';
  if (!isPython || install?.tool !== 'uv') return [exec];
  return ['Direct Python execution (no uv run)', 'Avoids read-only filesystem errors in production', exec];
}
