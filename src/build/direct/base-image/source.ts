import { EnvironmentError, UserError } from '../../../base/index.ts';
import { findOnPath, keyOf, runProcess } from '../../../base/node.ts';
import { writeLayer, type BuiltLayer, type LayerEntry, type Platform } from '../../../image/index.ts';
import type { Plan } from '../../../plan/index.ts';
import type { Job, LockedBase } from '../../types.ts';
import type { BaseSource } from '../base-source.ts';
import { placedOver } from '../below.ts';
import { CREATED_BY } from '../created-by.ts';
import type { HostPython, Pip } from '../python/index.ts';
import { accountEntries } from './accounts.ts';
import { choosePython } from './choose-python.ts';
import { pythonOfBase } from './host-python.ts';
import { addedTo } from './init.ts';
import { wheelPlatform } from './libc.ts';
import { openBase, type OpenedBase } from './open.ts';
import { pathOf, type BasePython } from './pythons.ts';
import { replacedBy } from './replaced.ts';
import { mergedSettings } from './settings.ts';

/** The image that a reference names as base of a plan. Throws UserError for one that cannot be built on. */
export async function baseImageSource(plan: Plan, reference: string, job: Job): Promise<BaseSource> {
  const base = await lockedBase(reference, job);
  const python = choosePython(plan, reference, base.facts);
  const platform = platformOf(python, reference, job.platform);
  const { path, entries } = onPath(base, python);
  const { below } = base.facts;
  const own = placedOver(below, [...entries, ...accountEntries(base.facts, plan.contract.user)]);
  const hostPython = (): Promise<HostPython> => pythonForHost(base, python, reference, job);
  return {
    pythonVersion: python.version,
    wheelPlatform: platform,
    place: placeOf(python),
    below,
    madeFrom: base.facts.digest,
    added: addedTo(plan, reference, base.facts, python),
    replaced: (entries) => replacedBy(entries, base.facts, python, job.store),
    lock: { bases: withBase(job.lock?.bases ?? [], base.locked) },
    notes: [],
    base: async () => [...base.facts.layers, ...(own.length === 0 ? [] : [await accountsLayer(own, base, job)])],
    interpreter: async () => [],
    settings: (settings) => mergedSettings(settings, base, path),
    hostPython,
    installerPython: async () => (plan.recipe.bytecode === 'none' && (await anyPython(python))) || hostPython(),
    sparePip: async () => pipOf(await hostPython()),
  };
}

/** Throws UserError when plimsoll.lock would have to change and must not. */
async function lockedBase(reference: string, job: Job): Promise<OpenedBase> {
  const { os, architecture } = job.platform;
  const known = job.lock?.bases?.find((it) => it.reference === reference && it.platform === `${os}/${architecture}`);
  const refuse = (what: string): UserError =>
    new UserError(`plimsoll.lock ${what} ${reference} for ${os}/${architecture}`, 'run `plimsoll pin`, and commit plimsoll.lock', {
      file: 'plimsoll.lock',
    });
  if (job.locked && !known) throw refuse('does not hold');
  const base = await openBase(reference, job.platform, known, job);
  if (job.locked && known?.digest !== base.locked.digest) throw refuse('holds another image than');
  return base;
}

/** In plimsoll.lock: one base, by platform. */
function withBase(known: readonly LockedBase[], base: LockedBase): LockedBase[] {
  const others = known.filter((it) => it.reference === base.reference && it.platform !== base.platform);
  return [...others, base].toSorted((a, b) => (a.platform < b.platform ? -1 : 1));
}

function platformOf({ libc, version }: BasePython, reference: string, { architecture }: Platform): string {
  const platform = libc && wheelPlatform(libc, architecture);
  if (platform !== undefined) return platform;
  const why = libc
    ? `no wheels are known to fit ${libc.kind === 'musl' ? `musl ${libc.version}` : `glibc 2.${libc.minor}`} on ${architecture}`
    : `the C library of its Python ${version} is not known: it asks for neither glibc's loader nor musl's`;
  throw new UserError(
    `dependencies cannot be chosen for ${reference}: ${why}`,
    'name another base, or write a Dockerfile on this one (`--engine buildkit`)',
  );
}

/** Beside the interpreter: `…/lib/python3.12/site-packages` goes with `…/bin`. */
function placeOf({ install, path }: BasePython): BaseSource['place'] {
  return {
    packages: install,
    scripts: `${install.replace(/\/?lib(64)?\/python[^/]*\/[^/]*$/, '')}/bin`.replace(/^\//, ''),
    interpreter: `/${path}`,
  };
}

/** A folder for `python3` where the base has none that is the interpreter. */
const OWN_FOLDER = 'usr/local/lib/plimsoll/bin';

/** PATH of the base with what makes `python3`, and the programs of dependencies, be found; and a link where there is none. */
function onPath({ facts }: OpenedBase, python: BasePython): { path: string; entries: LayerEntry[] } {
  const path = pathOf(facts.config);
  const { scripts } = placeOf(python);
  const folder = python.path.slice(0, python.path.lastIndexOf('/'));
  const isFirst = facts.python3 === python.path;
  const hasName = python.path.endsWith('/python3');
  const first = isFirst ? [] : [`/${hasName ? folder : OWN_FOLDER}`];
  const last = path.split(':').includes(`/${scripts}`) ? [] : [`/${scripts}`];
  const link: LayerEntry = { type: 'symlink', path: `${OWN_FOLDER}/python3`, target: `/${python.path}`, mode: 0o777, uid: 0, gid: 0 };
  return { path: [...first, path, ...last].join(':'), entries: isFirst || hasName ? [] : [link] };
}

function accountsLayer(entries: readonly LayerEntry[], { locked, name }: OpenedBase, job: Job): Promise<BuiltLayer> {
  const says = `accounts (on ${name ?? locked.digest})`;
  const key = keyOf({ version: 1, base: locked.digest, says, entries: entries.map(textOf), created: job.createdSeconds });
  return job.store.once('layers', key, async () => {
    const layer = await writeLayer(entries, { mtimeSeconds: job.createdSeconds, createdBy: `${CREATED_BY}${says}` }, job.store);
    return { value: layer, blobs: [layer.descriptor.digest] };
  });
}

const textOf = (entry: LayerEntry): unknown =>
  entry.type === 'file' && entry.content instanceof Uint8Array ? [entry.path, Buffer.from(entry.content).toString('utf8')] : entry;

/** The base's interpreter or, for another architecture, that of the same reference for this machine. */
async function pythonForHost(base: OpenedBase, python: BasePython, reference: string, job: Job): Promise<HostPython> {
  const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (architecture === undefined || architecture === job.platform.architecture) return pythonOfBase(base.facts, python, job.store);
  const cannot = (why: string): EnvironmentError =>
    new EnvironmentError(
      `byte code for ${reference} cannot be made on this machine: ${why}`,
      'pass `--no-bytecode`, or build on a machine of that architecture',
      'permanent',
    );
  const other = await openBase(reference, { os: job.platform.os, architecture }, undefined, job).catch((error: unknown) => {
    throw error instanceof UserError ? cannot(error.message) : error;
  });
  const same = other.facts.pythons.find((it) => it.version === python.version);
  if (!same) throw cannot(`the image for ${architecture} has no Python ${python.version}`);
  return pythonOfBase(other.facts, same, job.store);
}

/** Where nothing is compiled, uv may run by whatever Python this machine has: it is told which one to install for. */
async function anyPython(python: BasePython): Promise<HostPython | undefined> {
  const path = await findOnPath('python3');
  return path === undefined ? undefined : { argv: [path], version: python.version };
}

async function pipOf(python: HostPython): Promise<Pip> {
  const pip: Pip = { argv: [...python.argv, '-m', 'pip'], env: {} };
  const end = await runProcess({ argv: [...pip.argv, '--version'] });
  if (end.code !== 0)
    throw new EnvironmentError('uv is not on this machine, and neither is a pip to fetch it', 'install uv, or Python with pip');
  return pip;
}
