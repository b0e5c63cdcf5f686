import type { ContractVariable, HealthCheck, Plan } from '../plan/index.ts';
import { aboutUnset, requiredFirst, runningOf, SCRATCH_MIB, seconds, type Running } from './running.ts';

/** Fargate's pairs: processor units to MiB of memory, from, to, in steps (ECS Developer Guide, "Task CPU and memory"). */
const PAIRS: readonly (readonly [cpu: number, memory: readonly number[]])[] = [
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16_384, 1024)],
  [4096, steps(8192, 30_720, 1024)],
  [8192, steps(16_384, 61_440, 4096)],
  [16_384, steps(32_768, 122_880, 8192)],
];
/** The longest that Fargate waits between SIGTERM and the kill (ECS API reference, "stopTimeout"). */
const LONGEST_STOP = 120;

function steps(from: number, to: number, by: number): readonly number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by);
}

/**
 * A task definition for Fargate, as `aws ecs register-task-definition --cli-input-json` takes it. JSON has no comments:
 * docs/design.md says why each part is there. `${NAME}` is for envsubst: account, region, and values nobody knows.
 */
export function writeEcs(plan: Plan): string {
  const running = runningOf(plan);
  const [cpu, memory] = fargateSize(running);
  const { name, kept } = running;
  return `${JSON.stringify(
    {
      family: name,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
      cpu: String(cpu),
      memory: String(memory),
      executionRoleArn: role(`${name}-execution`),
      ...(usesAws(plan) ? { taskRoleArn: role(`${name}-task`) } : {}),
      containerDefinitions: [container(plan, running)],
      // Kept files need a file system outside of the task; its access point gives them their owner.
      volumes: kept.map((each) => ({
        name: each.name,
        efsVolumeConfiguration: {
          fileSystemId: `\${EFS_FILE_SYSTEM_ID}`,
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: `\${EFS_ACCESS_POINT_${each.name.toUpperCase().replaceAll('-', '_')}}` },
        },
      })),
    },
    null,
    2,
  )}\n`;
}

/** The smallest pair that holds both; the largest there is where none does. */
function fargateSize({ cpus, memoryMiB }: Running): readonly [number, number] {
  const largest: readonly [number, number] = [16_384, 122_880];
  for (const [cpu, memories] of PAIRS) {
    const memory = memories.find((each) => each >= memoryMiB);
    if (cpu >= cpus * 1024 && memory !== undefined) return [cpu, memory];
  }
  return largest;
}

const usesAws = ({ service }: Plan): boolean =>
  service.companions.some(({ value }) => value.kind === 's3') || service.imports.some(({ module }) => /^(aio)?boto(3|core)$/.test(module));

/** A task has its role's credentials: no keys beside them. */
const KEYS = /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|ENDPOINT_URL)$/;

function container(plan: Plan, running: Running): Readonly<Record<string, unknown>> {
  const { contract } = plan;
  const { name, scratch, kept } = running;
  const wanted = requiredFirst(running.variables).filter((each) => each.required || !(usesAws(plan) && KEYS.test(each.name)));
  return {
    name,
    image: `\${AWS_ACCOUNT_ID}.dkr.ecr.\${AWS_REGION}.amazonaws.com/${running.image}`,
    essential: true,
    user: `${contract.user.uid}:${contract.user.gid}`,
    readonlyRootFilesystem: true,
    stopTimeout: Math.min(LONGEST_STOP, Math.max(2, seconds(contract.stop.graceMs))),
    portMappings: contract.ports.map(({ port, speaks }) => ({
      name: 'service',
      containerPort: port,
      protocol: 'tcp',
      ...(speaks === 'http' ? { appProtocol: 'http' } : {}),
    })),
    environment: wanted.filter((each) => !each.secret && !isUnset(each)).map(openVariable),
    secrets: wanted
      .filter((each) => each.secret && each.required)
      .map((each) => ({
        name: each.name,
        valueFrom: `arn:aws:secretsmanager:\${AWS_REGION}:\${AWS_ACCOUNT_ID}:secret:${name}/${each.name}`,
      })),
    ...labelsOf(wanted.filter(isUnset)),
    // A volume of Fargate without a host path belongs to root; a tmpfs is open to the service's user.
    linuxParameters: {
      capabilities: { drop: ['ALL'] },
      tmpfs: scratch.map(({ path }) => ({ containerPath: path, size: SCRATCH_MIB, mountOptions: ['rw', 'noexec', 'nosuid', 'nodev'] })),
      ...(running.needsInit ? { initProcessEnabled: true } : {}),
    },
    mountPoints: kept.map((each) => ({ sourceVolume: each.name, containerPath: each.path, readOnly: false })),
    ...(contract.healthCheck === undefined ? {} : { healthCheck: healthCheck(contract.healthCheck) }),
    logConfiguration: {
      logDriver: 'awslogs',
      options: { 'awslogs-group': `/ecs/${name}`, 'awslogs-region': '${AWS_REGION}', 'awslogs-stream-prefix': name },
    },
  };
}

const role = (name: string): string => `arn:aws:iam::\${AWS_ACCOUNT_ID}:role/${name}`;

/** Nobody has to set it, and there is nothing to set it to: an empty value is a value. */
const isUnset = ({ required, secret, default: value }: ContractVariable): boolean => !required && (secret || (value ?? '') === '');

/** Labels are the one place where JSON may say what is not set; a `$` in them would be envsubst's. */
const labelsOf = (unset: readonly ContractVariable[]): { dockerLabels?: Readonly<Record<string, string>> } =>
  unset.length === 0
    ? {}
    : { dockerLabels: Object.fromEntries(unset.map((each) => [`variable.${each.name}`, aboutUnset(each).replaceAll('$', '')])) };

const openVariable = ({ name, default: value }: ContractVariable): { name: string; value: string } => ({
  name,
  value: value ?? `\${${name}}`,
});

/** ECS reads none from the image. In its limits (ECS API reference, "HealthCheck"). */
function healthCheck(check: HealthCheck): Readonly<Record<string, unknown>> {
  const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
  return {
    command: ['CMD', ...check.test],
    interval: within(seconds(check.intervalMs), 5, 300),
    timeout: within(seconds(check.timeoutMs), 2, 60),
    retries: within(check.retries, 1, 10),
    startPeriod: within(seconds(check.startPeriodMs), 0, 300),
  };
}
