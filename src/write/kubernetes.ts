import { probesOf } from './probes.ts';
import { aboutVariable, requiredFirst, runningOf, SCRATCH_MIB, seconds, type Running } from './running.ts';
import type { ContractVariable, Plan } from '../plan/index.ts';
import { comment } from './words.ts';
import { field, map, plainMap, yamlText, type Field, type Yaml, type YamlMap } from './yaml.ts';

/** Load balancers learn of an end only after a while; until then they still send requests. */
const DRAIN_SECONDS = 5;

/**
 * Deployment, Service and what keeps them running: admitted in a namespace that enforces the restricted Pod Security
 * Standard. With a volume that one pod mounts there is one pod, and neither autoscaling nor a disruption budget.
 */
export function writeKubernetes(plan: Plan): string {
  const running = runningOf(plan);
  const documents = [
    ...settings(running),
    ...running.kept.map((each) => claim(running, each.name)),
    running.isJob ? job(plan, running) : deployment(plan, running),
    ...(plan.contract.ports.length === 0 ? [] : [service(plan, running)]),
    ...(running.kept.length === 0 && !running.isJob ? [disruptionBudget(running), autoscaler(running)] : []),
  ];
  return `${comment(headOf(running))}\n${documents.map((each) => yamlText(each)).join('---\n')}`;
}

function headOf({ name, variables, image }: Running): string {
  const secrets = variables.filter(({ secret }) => secret).map((each) => `--from-literal=${each.name}=…`);
  const ask = secrets.length === 0 ? '' : ` Before it: \`kubectl create secret generic ${name} ${secrets.join(' ')}\`.`;
  return `${name}: written by \`plimsoll init\`. It is yours: change what you like. \`kubectl apply --filename deploy/kubernetes.yaml\`, with your registry before \`${image}\` and the digest that \`plimsoll ship\` prints behind it.${ask}`;
}

const labels = ({ name }: Running): YamlMap => plainMap({ 'app.kubernetes.io/name': name });

const object = (apiVersion: string, kind: string, running: Running, name: string, ...rest: readonly (Field | undefined)[]): YamlMap =>
  map(
    field('apiVersion', apiVersion),
    field('kind', kind),
    field('metadata', map(field('name', name), field('labels', labels(running)))),
    ...rest,
  );

/** What is no secret, at the service's own defaults. */
function settings(running: Running): readonly YamlMap[] {
  const open = requiredFirst(running.variables.filter(({ secret }) => !secret));
  if (open.length === 0) return [];
  const known = open.filter((each) => each.default !== undefined && each.default !== '');
  const missing = open.filter(({ required }) => required).map((each) => each.name);
  return [
    object(
      'v1',
      'ConfigMap',
      running,
      running.name,
      field(
        'data',
        map(...known.map((each) => field(each.name, each.default ?? '', `${aboutVariable(each)}.`))),
        missing.length === 0 ? 'What the service takes by itself.' : `Add ${missing.join(', ')}: until they are here no container starts.`,
      ),
    ),
  ];
}

function claim(running: Running, name: string): YamlMap {
  return object(
    'v1',
    'PersistentVolumeClaim',
    running,
    `${running.name}-${name}`,
    field(
      'spec',
      map(
        field('accessModes', ['ReadWriteOncePod'], 'One pod alone: two writers would spoil files.'),
        field('resources', map(field('requests', plainMap({ storage: '1Gi' }))), 'A default: nobody has named how much is kept.'),
      ),
      'Backup: nothing here makes one. With a CSI driver, a VolumeSnapshot of this claim; with Velero, the annotation on the pod below. Files of a program that runs may not fit together: stop it, or let it write a dump.',
    ),
  );
}

function deployment(plan: Plan, running: Running): YamlMap {
  const isSingle = running.kept.length > 0;
  return object(
    'apps/v1',
    'Deployment',
    running,
    running.name,
    field(
      'spec',
      map(
        isSingle ? field('replicas', 1, 'Its volume is one pod’s alone.') : undefined,
        field(
          'strategy',
          isSingle
            ? plainMap({ type: 'Recreate' })
            : map(field('type', 'RollingUpdate'), field('rollingUpdate', plainMap({ maxUnavailable: 0, maxSurge: 1 }))),
          isSingle ? 'The old pod lets go of the volume before the new one starts.' : 'No old pod goes before a new one is ready.',
        ),
        field('selector', map(field('matchLabels', labels(running)))),
        field('template', pod(plan, running)),
      ),
      isSingle ? undefined : 'No `replicas`: the autoscaler below sets them, and each `apply` would set them back.',
    ),
  );
}

const job = (plan: Plan, running: Running): YamlMap =>
  object(
    'batch/v1',
    'Job',
    running,
    running.name,
    field(
      'spec',
      map(
        field('backoffLimit', 3, 'So many more times when it fails.'),
        field('ttlSecondsAfterFinished', 86_400, 'Its pods, and with them its log, are kept for a day.'),
        field('template', pod(plan, running)),
      ),
      'Once for each `apply` of a new name. By a timetable: a CronJob with this as its `jobTemplate`.',
    ),
  );

function pod(plan: Plan, running: Running): YamlMap {
  const { contract } = plan;
  const { uid, gid } = contract.user;
  const drain = contract.ports.length > 0 ? DRAIN_SECONDS : 0;
  return map(
    field(
      'metadata',
      map(
        field('labels', labels(running)),
        running.kept.length === 0
          ? undefined
          : field(
              'annotations',
              plainMap({ 'backup.velero.io/backup-volumes': running.kept.map((each) => each.name).join(',') }),
              'Does something only where Velero runs.',
            ),
      ),
    ),
    field(
      'spec',
      map(
        field('automountServiceAccountToken', false, 'It does not talk to Kubernetes: no token to steal.'),
        field('enableServiceLinks', false, 'Else a Service called redis sets REDIS_PORT=tcp://…, which the service would read as its own.'),
        field(
          'securityContext',
          map(
            field('runAsNonRoot', true),
            field('runAsUser', uid),
            field('runAsGroup', gid),
            ...(running.kept.length === 0
              ? []
              : [field('fsGroup', gid, 'So that it may write to its volume.'), field('fsGroupChangePolicy', 'OnRootMismatch')]),
            field('seccompProfile', plainMap({ type: 'RuntimeDefault' })),
          ),
        ),
        field(
          'terminationGracePeriodSeconds',
          drain + seconds(contract.stop.graceMs),
          drain === 0
            ? 'From SIGTERM to the kill.'
            : `${drain} s before ${contract.stop.signal}, then its own ${contract.stop.graceMs / 1000} s.`,
        ),
        running.isJob ? field('restartPolicy', 'Never', 'A new pod for each try: the log of the one before stays.') : undefined,
        running.kept.length > 0 || running.isJob
          ? undefined
          : field('topologySpreadConstraints', [spread(running)], 'One node that fails should not take all pods with it.'),
        field('containers', [container(plan, running, drain)]),
        field('volumes', [
          ...running.scratch.map(({ name }) => map(field('name', name), field('emptyDir', plainMap({ sizeLimit: `${SCRATCH_MIB}Mi` })))),
          ...running.kept.map(({ name }) =>
            map(field('name', name), field('persistentVolumeClaim', plainMap({ claimName: `${running.name}-${name}` }))),
          ),
        ]),
      ),
    ),
  );
}

const spread = (running: Running): YamlMap =>
  map(
    field('maxSkew', 1),
    field('topologyKey', 'kubernetes.io/hostname'),
    field('whenUnsatisfiable', 'ScheduleAnyway'),
    field('labelSelector', map(field('matchLabels', labels(running)))),
  );

function container(plan: Plan, running: Running, drain: number): YamlMap {
  const { contract } = plan;
  const memory = `${running.memoryMiB}Mi`;
  const env = requiredFirst(running.variables).map((each) => variable(each, running));
  return map(
    field('name', running.name),
    field('image', running.image),
    contract.ports.length === 0
      ? undefined
      : field(
          'ports',
          contract.ports.map(({ port }) => plainMap({ name: 'service', containerPort: port })),
        ),
    env.length === 0 ? undefined : field('env', env),
    field(
      'securityContext',
      map(
        field('allowPrivilegeEscalation', false),
        field('readOnlyRootFilesystem', true, 'Whoever breaks in cannot change the program.'),
        field('capabilities', map(field('drop', ['ALL']))),
      ),
    ),
    field(
      'resources',
      map(
        field('requests', plainMap({ cpu: milli(running.cpus / 2), memory })),
        field('limits', plainMap({ cpu: milli(running.cpus), memory })),
      ),
      `As much memory asked for as allowed: a node cannot promise it twice (${running.limitsSay}).`,
    ),
    ...probesOf(plan),
    drain === 0
      ? undefined
      : field(
          'lifecycle',
          map(field('preStop', map(field('sleep', plainMap({ seconds: drain }))))),
          'Requests still come until every proxy has heard that this pod ends.',
        ),
    field(
      'volumeMounts',
      [...running.scratch, ...running.kept].map(({ name, path }) => plainMap({ name, mountPath: path })),
    ),
  );
}

const milli = (cpus: number): string => `${Math.max(10, Math.round(cpus * 1000))}m`;

function variable(each: ContractVariable, { name }: Running): YamlMap {
  const source: Yaml = plainMap({ name, key: each.name, ...(each.required ? {} : { optional: true }) });
  return map(
    field('name', each.name, `${aboutVariable(each)}.`),
    field('valueFrom', map(field(each.secret ? 'secretKeyRef' : 'configMapKeyRef', source))),
  );
}

function service({ contract }: Plan, running: Running): YamlMap {
  const ports = contract.ports.map(({ port, speaks }) =>
    map(
      field('name', speaks),
      field('port', speaks === 'http' ? 80 : port),
      field('targetPort', 'service'),
      speaks === 'http' ? field('appProtocol', 'http') : undefined,
    ),
  );
  // A name of DNS begins with a letter (RFC 1035, 2.3.1), which Kubernetes asks of Services alone.
  const name = /^\d/.test(running.name) ? `service-${running.name}` : running.name;
  return object('v1', 'Service', running, name, field('spec', map(field('selector', labels(running)), field('ports', ports))));
}

const disruptionBudget = (running: Running): YamlMap =>
  object(
    'policy/v1',
    'PodDisruptionBudget',
    running,
    running.name,
    field(
      'spec',
      map(
        field('maxUnavailable', 1, 'Not `minAvailable`: with one pod left that would stop a node from ever being emptied.'),
        field('unhealthyPodEvictionPolicy', 'AlwaysAllow', 'A pod that is broken anyway does not hold up a node.'),
        field('selector', map(field('matchLabels', labels(running)))),
      ),
    ),
  );

const autoscaler = (running: Running): YamlMap =>
  object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    running,
    running.name,
    field(
      'spec',
      map(
        field('scaleTargetRef', plainMap({ apiVersion: 'apps/v1', kind: 'Deployment', name: running.name })),
        field('minReplicas', 2, 'One may go while a node is emptied.'),
        field('maxReplicas', 10),
        field(
          'metrics',
          [
            map(
              field('type', 'Resource'),
              field('resource', map(field('name', 'cpu'), field('target', plainMap({ type: 'Utilization', averageUtilization: 70 })))),
            ),
          ],
          'Of what is requested, not of the limit.',
        ),
      ),
    ),
  );
