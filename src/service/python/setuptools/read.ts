import type { Repository } from '../../repository.ts';
import type { TextFile } from '../../text.ts';
import type { Declared } from './declared.ts';
import { declaredInCfg } from './setup-cfg.ts';
import { declaredInPy } from './setup-py.ts';

const known = new WeakMap<TextFile, Promise<Declared | undefined>>();

/** setup.cfg, then setup.py: those that are there, each read once. */
export async function declaredBy(repository: Repository): Promise<readonly Declared[]> {
  const [cfg, py] = await Promise.all([repository.text('setup.cfg'), repository.text('setup.py')]);
  const found = await Promise.all([cfg && once(cfg, async (file) => declaredInCfg(file)), py && once(py, declaredInPy)]);
  return found.filter((declared) => declared !== undefined);
}

function once(file: TextFile, read: (file: TextFile) => Promise<Declared | undefined>): Promise<Declared | undefined> {
  const made = known.get(file) ?? read(file);
  known.set(file, made);
  return made;
}
