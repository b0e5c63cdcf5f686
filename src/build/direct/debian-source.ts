import { EnvironmentError, UserError } from '../../base/index.ts';
import { runProcess } from '../../base/node.ts';
import type { LayerEntry } from '../../image/index.ts';
import type { Plan } from '../../plan/index.ts';
import type { DebianLock, Job, LockedPackage } from '../types.ts';
import {
  assembleBase,
  assembleInterpreter,
  baseKey,
  hostArchitecture,
  interpreterKey,
  pythonForHost,
  resolveDebian,
  type Assembly,
  type DebianJob,
  type DebianRequest,
} from './debian/index.ts';
import type { HostPython, Pip } from './python/index.ts';

/** The Debian half of one build: its packages are known, and fetched only when a layer must be made. */
export interface DebianSource {
  readonly suite: 'bookworm' | 'trixie';
  /** Of Python in this suite, such as `3.11.2`. */
  readonly pythonVersion: string;
  readonly lock: DebianLock;
  readonly notes: readonly string[];
  keyOf(layer: 'base' | 'interpreter', needed: ReadonlySet<string> | undefined): string;
  entries(layer: 'base' | 'interpreter', needed: ReadonlySet<string> | undefined): Promise<LayerEntry[]>;
  /** The same interpreter, for this machine. Throws EnvironmentError where Debian's programs cannot run. */
  hostPython(): Promise<HostPython>;
  /** pip out of Debian's package, for machines that have none. */
  sparePip(): Promise<Pip>;
}

/** Resolves the packages of a plan, from plimsoll.lock where it answers. */
export async function debianSource(plan: Plan, job: Job): Promise<DebianSource> {
  const { base } = plan.recipe;
  if (base.kind === 'registry')
    throw new UserError(
      `the direct engine cannot build on ${base.reference} yet`,
      'choose `--base bookworm` (Python 3.11) or `--base trixie` (Python 3.13), or write a Dockerfile on that image',
    );
  const debianJob: DebianJob = { store: job.store, progress: job.progress, ...(job.signal ? { signal: job.signal } : {}) };
  const request: DebianRequest = {
    suite: base.suite,
    architecture: job.platform.architecture,
    python: plan.recipe.python.version,
    packages: plan.recipe.packages,
    lock: job.lock?.debian,
    locked: job.locked,
  };
  const resolution = await resolveDebian(request, debianJob);
  const assembly = (needed: ReadonlySet<string> | undefined): Assembly => ({
    packages: resolution.packages,
    python: plan.recipe.python.version,
    user: plan.contract.user,
    needed,
    findsLibraries: plan.recipe.findsLibraries,
  });
  return {
    suite: base.suite,
    pythonVersion: pythonVersionOf(resolution.packages, plan.recipe.python.version),
    lock: resolution.lock,
    notes: resolution.notes,
    keyOf: (layer, needed) => (layer === 'base' ? baseKey : interpreterKey)(assembly(needed)),
    entries: (layer, needed) => (layer === 'base' ? assembleBase : assembleInterpreter)(assembly(needed), debianJob),
    hostPython: () => hostPython({ ...request, lock: resolution.lock }, debianJob),
    sparePip: () => sparePip({ ...request, lock: undefined, locked: false }, debianJob),
  };
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
