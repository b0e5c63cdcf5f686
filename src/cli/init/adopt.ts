import { UserError } from '../../base/index.ts';
import type { Plan } from '../../plan/index.ts';
import { DOCKERFILE, RECORD_FILE, type WrittenBefore } from '../../write/index.ts';
import { textOf, type Change } from './changes.ts';
import { dockerfileFacts } from './dockerfile-facts.ts';
import { factLines } from './report.ts';

/** The Dockerfile that was there keeps its words under this name. */
export const BEFORE_SUFFIX = '.before';

/** The copy of an adopted Dockerfile. Throws UserError where a file of that name is there: it may be the only copy of something. */
export async function adoptable(root: string): Promise<Change> {
  const path = `${DOCKERFILE}${BEFORE_SUFFIX}`;
  if ((await textOf(root, path)) !== undefined)
    throw new UserError(`${path} is there already`, 'move it away: the Dockerfile of now is kept under this name', { file: path });
  return { path, state: 'missing', before: '', text: (await textOf(root, DOCKERFILE)) ?? '', conflicts: [], base: undefined };
}

/** A Dockerfile of somebody else's is read, not touched. Throws UserError that says how to adopt it, after its facts. */
export async function refuseForeign(root: string, files: readonly Change[], plan: Plan, before: WrittenBefore): Promise<void> {
  const foreign = files.find(({ path, state }) => state === 'foreign' && path === DOCKERFILE);
  if (foreign === undefined) return;
  process.stderr.write(factLines(dockerfileFacts(foreign.before, plan)));
  const lost = before.size === 0 && /written by `plimsoll init`/.test(foreign.before);
  throw new UserError(
    lost ? `${DOCKERFILE} was written by Plimsoll, but ${RECORD_FILE} is gone` : `${DOCKERFILE} is there, and Plimsoll did not write it`,
    `${lost ? 'take that file from version control again; or ' : ''}\`plimsoll init --adopt\` keeps it as ${DOCKERFILE}${BEFORE_SUFFIX}, takes over what it says, and writes a new one; with \`--dry-run\` it shows what that is`,
    { file: DOCKERFILE },
  );
}
