import { satisfies } from '@renovatebot/pep440';
import { UserError } from '../../../base/index.ts';
import type { Plan } from '../../../plan/index.ts';
import type { BaseFacts } from './facts.ts';
import type { BasePython } from './pythons.ts';

const wayOut = 'name a base that has it, such as `python:3.13-slim`, or `--base trixie` or `bookworm`';

/**
 * The first Python of a base that plimsoll.yaml and requires-python admit: images may have several. Throws UserError when
 * there is none, with what is there.
 */
export function choosePython({ service, recipe }: Plan, reference: string, { pythons }: Pick<BaseFacts, 'pythons'>): BasePython {
  if (pythons.length === 0) throw new UserError(`no Python was found in ${reference}`, wayOut);
  const asked = recipe.base.kind === 'registry' ? recipe.base.python : undefined;
  const ofMinor = pythons.filter(({ minor }) => asked === undefined || minor === asked);
  const there = pythons.map(({ version }) => version).join(' and ');
  if (ofMinor.length === 0)
    throw new UserError(`${reference} has Python ${there}, but plimsoll.yaml asks for Python ${asked}`, wayOut, { file: 'plimsoll.yaml' });
  const { requires } = service.python;
  const found = ofMinor.find(({ version, minor }) => !requires || satisfies(version === minor ? `${minor}.99` : version, requires.value));
  if (found) return found;
  const evidence = requires?.because[0];
  throw new UserError(
    `requires-python "${requires?.value}" rules out Python ${there}, which ${reference} has`,
    wayOut,
    evidence?.from === 'file' ? { file: evidence.file, ...evidence.range.start } : undefined,
  );
}
