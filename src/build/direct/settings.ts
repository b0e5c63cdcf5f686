import type { ImageSettings } from '../../image/index.ts';
import type { Plan, RuntimeContract } from '../../plan/index.ts';
import type { Job } from '../types.ts';

/** Docker counts the times of a health check in nanoseconds. */
const NANOSECONDS_PER_MS = 1e6;

/** image-spec, annotations.md, “Source control revision identifier for the packaged software”. */
export const REVISION = 'org.opencontainers.image.revision';

/** The image's config from the contract: image-spec, config.md. */
export function settingsOf(plan: Plan, job: Job): ImageSettings {
  const { contract } = plan;
  const labels = { ...(job.revision === undefined ? {} : { [REVISION]: job.revision }), ...contract.labels };
  const created = new Date(job.createdSeconds * 1000).toISOString().replace('.000Z', 'Z');
  return {
    created,
    os: job.platform.os,
    architecture: job.platform.architecture,
    ...(job.platform.variant === undefined ? {} : { variant: job.platform.variant }),
    config: {
      User: `${contract.user.uid}:${contract.user.gid}`,
      ...(contract.ports.length > 0
        ? { ExposedPorts: Object.fromEntries(contract.ports.map((p) => [`${p.port}/${p.protocol}`, {}])) }
        : {}),
      Env: contract.environment.flatMap((v) => (v.value === undefined ? [] : [`${v.name}=${v.value}`])),
      ...(contract.entrypoint.length > 0 ? { Entrypoint: contract.entrypoint } : {}),
      Cmd: contract.command,
      ...volumesOf(contract),
      WorkingDir: contract.workingDir,
      Labels: labels,
      StopSignal: contract.stop.signal,
      ...healthOf(contract),
    },
    annotations: annotationsOf(labels, created),
  };
}

function volumesOf(contract: RuntimeContract): { Volumes?: Record<string, object> } {
  const volumes = contract.writablePaths.filter((p) => p.kind === 'volume');
  return volumes.length === 0 ? {} : { Volumes: Object.fromEntries(volumes.map((p) => [p.path, {}])) };
}

function healthOf({ healthCheck }: RuntimeContract): object {
  if (!healthCheck) return {};
  return {
    Healthcheck: {
      Test: ['CMD', ...healthCheck.test],
      Interval: healthCheck.intervalMs * NANOSECONDS_PER_MS,
      Timeout: healthCheck.timeoutMs * NANOSECONDS_PER_MS,
      StartPeriod: healthCheck.startPeriodMs * NANOSECONDS_PER_MS,
      Retries: healthCheck.retries,
    },
  };
}

/** The pre-defined keys among the labels, and the date: image-spec, annotations.md. */
function annotationsOf(labels: RuntimeContract['labels'], created: string): Record<string, string> {
  const known = Object.entries(labels).filter(([key]) => key.startsWith('org.opencontainers.image.'));
  return { ...Object.fromEntries(known), 'org.opencontainers.image.created': created };
}
