import { EnvironmentError } from '../../base/index.ts';
import { keyOf, runProcess } from '../../base/node.ts';
import { machineOf, writeLayer, type BuiltLayer } from '../../image/index.ts';
import { suiteNamed, type Plan } from '../../plan/index.ts';
import type { Job, LockedPackage } from '../types.ts';
import type { BaseSource } from './base-source.ts';
import { CREATED_BY } from './created-by.ts';
import {
  assembleBase,
  assembleInterpreter,
  baseKey,
  BELOW,
  hostArchitecture,
  interpreterKey,
  pythonForHost,
  resolveDebian,
  type Assembly,
  type DebianJob,
  type DebianRequest,
} from './debian/index.ts';
import { debianPlace, type HostPython, type Pip } from './python/index.ts';
import { rememberedLayer } from './remembered.ts';
import { ENGINE_VERSION } from './version.ts';

/** Resolves the packages of a plan, from plimsoll.lock where it answers; they are fetched only when a layer must be made. */
export async function debianSource(plan: Plan, { suite, snapshot }: DebianBase, job: Job): Promise<BaseSource> {
  const debianJob: DebianJob = { store: job.store, progress: job.progress, ...(job.signal ? { signal: job.signal } : {}) };
  const python = plan.recipe.python.version;
  const request: DebianRequest = {
    suite,
    architecture: job.platform.architecture,
    python,
    packages: plan.recipe.packages,
    snapshot,
    lock: job.lock?.debian,
    locked: job.locked,
  };
  const resolution = await resolveDebian(request, debianJob);
  const fetching: DebianJob = { ...debianJob, lockedAtMs: Math.max(...resolution.suites.map(({ date }) => Date.parse(date))) };
  const layer = async (name: 'base' | 'interpreter', needed: ReadonlySet<string> | undefined): Promise<readonly BuiltLayer[]> => {
    const assembly: Assembly = {
      packages: resolution.packages,
      python,
      user: plan.contract.user,
      needed,
      findsLibraries: plan.recipe.findsLibraries,
    };
    return [await debianLayer(name, assembly, name === 'base' ? `Debian ${suite}` : `Python ${python}`, job, fetching)];
  };
  const python3 = (): Promise<HostPython> => hostPython({ ...request, lock: resolution.lock }, fetching);
  return {
    pythonVersion: pythonVersionOf(resolution.packages, python),
    wheelPlatform: `${machineOf(job.platform.architecture) ?? job.platform.architecture}-manylinux_${suiteNamed(suite).glibc}`,
    place: debianPlace(python),
    below: BELOW,
    lock: { debian: resolution.lock },
    notes: resolution.notes,
    added: '',
    replaced: async () => [],
    base: () => layer('base', undefined),
    interpreter: (needed) => layer('interpreter', needed),
    settings: (own) => own,
    hostPython: python3,
    installerPython: python3,
    sparePip: () => sparePip({ ...request, lock: undefined, locked: false }, debianJob),
  };
}

type DebianBase = Extract<Plan['recipe']['base'], { kind: 'debian' }>;

async function debianLayer(
  name: 'base' | 'interpreter',
  assembly: Assembly,
  says: string,
  job: Job,
  debianJob: DebianJob,
): Promise<BuiltLayer> {
  const [keyFor, assemble] = name === 'base' ? [baseKey, assembleBase] : [interpreterKey, assembleInterpreter];
  const key = keyOf({ ENGINE_VERSION, made: keyFor(assembly), created: job.createdSeconds });
  return rememberedLayer(job, key, async () =>
    writeLayer(
      await assemble(assembly, debianJob),
      { mtimeSeconds: job.createdSeconds, createdBy: `${CREATED_BY}${name} (${says})` },
      job.store,
    ),
  );
}

/** Debian's `3.11.2-6+deb12u6` is Python 3.11.2. */
function pythonVersionOf(packages: readonly LockedPackage[], python: string): string {
  const found = packages.find((p) => p.name === `python${python}`);
  if (!found) throw new Error(`python${python} is not among the resolved packages`);
  return /^\d+(\.\d+)*/.exec(found.version)?.[0] ?? python;
}

async function hostPython(request: DebianRequest, job: DebianJob): Promise<HostPython> {
  const architecture = hostArchitecture();
  if (architecture === undefined)
    throw new EnvironmentError(
      'Debian’s Python does not run on this machine',
      'build on Linux, or with `--no-bytecode` from a complete plimsoll.lock',
      'permanent',
    );
  const own = architecture === request.architecture;
  const { packages } = await resolveDebian(
    { ...request, architecture, packages: own ? request.packages : [], lock: own ? request.lock : undefined, locked: false },
    job,
  );
  const { argv } = await pythonForHost(packages, request.python, job);
  return { argv, version: pythonVersionOf(packages, request.python) };
}

/** Debian's own pip in Debian's own Python: what a machine without Python needs to fetch uv. */
async function sparePip(request: DebianRequest, job: DebianJob): Promise<Pip> {
  const architecture = hostArchitecture() ?? request.architecture;
  const { packages } = await resolveDebian({ ...request, architecture, packages: ['python3-pip'] }, job);
  const { argv } = await pythonForHost(packages, request.python, job);
  const pip: Pip = { argv: [...argv, '-m', 'pip'], env: {} };
  const end = await runProcess({ argv: [...pip.argv, '--version'] });
  if (end.code !== 0) throw new EnvironmentError('Debian’s pip does not run here', 'install uv, or Python with pip, so that it is on PATH');
  return pip;
}
