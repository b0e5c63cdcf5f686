import { familyOf, isRunnable, type Stage, type StageStep } from '../../stages/index.ts';
import type { Subject } from '../../types.ts';

/** An instruction and the stage it stands in. */
export interface Place {
  readonly stage: Stage;
  readonly step: StageStep;
}

/** Whether it is written for Windows, of which our own rules say nothing. */
export const isForWindows = ({ file, stages }: Pick<Subject, 'file' | 'stages'>): boolean =>
  file.escape === '`' || stages.some(({ base }) => familyOf(base) === 'windows' || /windows|nanoserver|servercore/i.test(base.reference));

/** The RUNs of all stages. */
export const allRuns = (subject: Pick<Subject, 'file' | 'stages'>): readonly Place[] =>
  isForWindows(subject)
    ? []
    : subject.stages.flatMap((stage) =>
        stage.steps.filter(({ instruction }) => instruction.name === 'RUN').map((step) => ({ stage, step })),
      );

/** The RUNs whose files are in the image. */
export const imageRuns = (subject: Pick<Subject, 'file' | 'stages'>): readonly Place[] =>
  allRuns(subject).filter(({ stage }) => stage.isInImage);

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
export const isService = (stages: readonly Stage[]): boolean => {
  const last = stages.at(-1);
  return (
    last !== undefined &&
    (isRunnable(last) || SERVERS.test(last.base.name) || (last.base.name === 'php' && /apache|fpm/.test(last.base.tag ?? '')))
  );
};

/** The RUNs whose files are in an image that is made to run something. */
export const serviceRuns = (subject: Pick<Subject, 'file' | 'stages'>): readonly Place[] =>
  isService(subject.stages) ? imageRuns(subject) : [];
