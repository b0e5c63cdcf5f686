import { onceFor } from '../../../base/index.ts';
import type { Call } from '../../script/index.ts';
import { familyOf, isRunnable, type Stage, type StageStep } from '../../stages/index.ts';
import type { Subject } from '../../types.ts';

/** An instruction and the stage it stands in. */
export interface Place {
  readonly stage: Stage;
  readonly step: StageStep;
}

type FileFacts = Pick<Subject, 'file' | 'stages' | 'path'>;

/** Whether it is written for Windows, of which our own rules say nothing. */
export const isForWindows = ({ file, stages, path }: FileFacts): boolean =>
  file.escape === '`' || /windows|nanoserver/i.test(path) || isOnWindows(stages);

const isOnWindows = onceFor((stages: readonly Stage[]) =>
  stages.some(({ base }) => familyOf(base) === 'windows' || /windows|nanoserver|servercore/i.test(base.reference)),
);

/** The RUNs of all stages. */
export const allRuns = (subject: FileFacts): readonly Place[] => (isForWindows(subject) ? [] : runsOf(subject.stages));

const runsOf = onceFor((stages: readonly Stage[]): readonly Place[] =>
  stages.flatMap((stage) => stage.steps.filter(({ instruction }) => instruction.name === 'RUN').map((step) => ({ stage, step }))),
);

/** The RUNs whose files are in the image. */
export const imageRuns = (subject: FileFacts): readonly Place[] => allRuns(subject).filter(({ stage }) => stage.isInImage);

/** Whether a mount of RUN that is no part of the image lies at a path or above it. */
export const isMounted = ({ mounts }: StageStep, ...paths: readonly string[]): boolean =>
  mounts.some(
    ({ type, target }) =>
      type !== 'secret' && type !== 'ssh' && paths.some((path) => `${path}/`.startsWith(`${target.replace(/\/$/, '')}/`)),
  );

/** Images that start a server by themselves (their descriptions on Docker Hub). */
const SERVERS =
  /^(?:nginx|httpd|caddy|traefik|haproxy|tomcat|jetty|postgres|mysql|mariadb|redis|mongo|rabbitmq|memcached|wordpress|drupal|ghost)$/;

/** Whether the image is made to run something, and not to build or to test with. */
export const runsSomething = (stages: readonly Stage[]): boolean => {
  const last = stages.at(-1);
  return (
    last !== undefined &&
    (isRunnable(last) || SERVERS.test(last.base.name) || (last.base.name === 'php' && /apache|fpm/.test(last.base.tag ?? '')))
  );
};

/** The RUNs whose files are in an image that is made to run something. */
export const serviceRuns = (subject: FileFacts): readonly Place[] => (runsSomething(subject.stages) ? imageRuns(subject) : []);

/** Commands after a command, no further than this, are looked at: what is fetched is used soon. */
const NEAR = 200;

/** What the RUN and those after it call after a call. */
export function callsAfter(call: Call, step: StageStep, stage: Stage): readonly Call[] {
  const { calls } = step.script;
  const place = calls.indexOf(call) + 1;
  const found = calls.slice(place, place + NEAR);
  for (let i = stage.steps.indexOf(step) + 1; i < stage.steps.length && found.length < NEAR; i += 1) {
    found.push(...(stage.steps[i]?.script.calls.slice(0, NEAR) ?? []));
  }
  return found;
}
