import type { Image } from '../image/index.ts';
import { editConfig, parseSize, readConfig, type KeyValue } from '../config/index.ts';
import type { Store } from '../base/node.ts';
import { makePlan } from '../plan/index.ts';
import { discover, subjectOf, type Discovery, type NeededVariable } from '../prove/index.ts';
import { discoveryLines, unifiedDiff } from '../report/index.ts';
import { mergeTexts, writeFiles } from '../write/index.ts';
import { EXIT } from './exit.ts';
import { changesTo, isChanged, textOf, type Change } from './init/changes.ts';
import { writtenBefore, writtenNow } from './init/record.ts';
import { saveAll } from './init/save.ts';
import { flagsOf, type PlanOptions, type ProofOptions } from './options.ts';
import { neededVariables } from './needed-variables.ts';
import type { Project } from './project.ts';
import { partsOf } from './prove-image.ts';
import { withRunner } from './runner.ts';
import type { Screen } from './ship-project.ts';
import { paintFor, widthOf } from './terminal.ts';

export type DiscoverOptions = PlanOptions & ProofOptions & { readonly write?: boolean };

type Needed = readonly NeededVariable[];

const CONFIG = 'plimsoll.yaml';

/**
 * Runs the service, says what it writes, takes and reads, and shows, or with `--write` makes, the change of plimsoll.yaml and of
 * the files that `init` has written. Returns the exit code: 1 where the service does not work with what was found, or where
 * such a file was changed in the same place.
 */
export async function discoverIn(image: Image, project: Project, options: DiscoverOptions, store: Store, screen: Screen): Promise<number> {
  const parts = await partsOf(image, project, options, store, screen, project.lock);
  const found = await withRunner(options.runner, store, (runner) =>
    discover(subjectOf({ ...parts, runner, signal: screen.signal }), screen.progress),
  );
  const variables = await neededVariables(project, found);
  const changes = await changesFor(project, found, variables, options);
  if (options.write === true) await write(project.root, changes);
  screen.stop();
  if (options.json === true) process.stdout.write(`${JSON.stringify(jsonOf(found, variables, changes, options), null, 2)}\n`);
  else show(found, variables, changes, options);
  return found.confirmed.works && changes.every(({ conflicts }) => conflicts.length === 0) ? EXIT.fine : EXIT.unfit;
}

/** plimsoll.yaml, and what `init` has written and would write otherwise now. */
async function changesFor(
  { root, plan, config }: Project,
  found: Discovery,
  variables: Needed,
  options: DiscoverOptions,
): Promise<readonly Change[]> {
  const before = await textOf(root, CONFIG);
  const text = configured(before ?? '', keysFor(config, found, variables));
  const state = before === undefined ? 'missing' : 'merged';
  const own: Change = { path: CONFIG, state, before: before ?? '', text, conflicts: [], base: undefined };
  const written = await writtenBefore(root);
  const files = writeFiles(makePlan(plan.service, readConfig(text), flagsOf(options))).filter(({ path }) => written.has(path));
  return [own, ...(await changesTo(root, files, written))].filter(isChanged);
}

function keysFor(config: Project['config'], { writable, memory }: Discovery, variables: Needed): readonly KeyValue[] {
  const paths = [...new Set([...(config.writable ?? []), ...writable.map(({ path }) => path)])].toSorted();
  return [
    ...(writable.length === 0 ? [] : [[['writable'], paths] as const]),
    ...variables.map(({ name, need }) => [['variables', name], need] as const),
    ...(isRight(config.limits?.memory, memory) ? [] : [[['limits', 'memory'], `${memory.limitBytes / 1024 ** 2} MiB`] as const]),
  ];
}

/** A limit that leaves a quarter and wastes less than half is left as it is: no two runs take the same. */
function isRight(named: string | undefined, { seenBytes, limitBytes }: Discovery['memory']): boolean {
  if (named === undefined) return false;
  const bytes = parseSize(named);
  return bytes >= seenBytes * 1.25 && bytes <= limitBytes * 2;
}

/** The text with these keys, laid out as it was as far as that goes. */
function configured(text: string, keys: readonly KeyValue[]): string {
  const { before, after } = editConfig(text, keys);
  const merged = mergeTexts(before, text, after);
  return merged.conflicts.length > 0 ? after : merged.text;
}

async function write(root: string, changes: readonly Change[]): Promise<void> {
  const record = writtenNow(await writtenBefore(root), changes);
  const recorded = changes.some(({ base }) => base !== undefined);
  await saveAll(root, recorded ? [...changes, record] : changes);
}

function show(found: Discovery, variables: Needed, changes: readonly Change[], options: DiscoverOptions): void {
  const style = { paint: paintFor(process.stdout), width: widthOf(process.stdout) };
  const diff = changes.map(({ path, before, text }) => unifiedDiff(path, before, text)).join('');
  const next =
    changes.length === 0
      ? 'Nothing to change.'
      : options.write === true
        ? `Written: ${changes.map(({ path }) => path).join(', ')}. \`plimsoll ship\` builds and checks it.`
        : `\`--write\` makes these changes.`;
  const conflicts = changes.flatMap(({ path, conflicts: lines }) => lines.map((line) => `${path}:${line}: you changed this place too`));
  process.stdout.write(`${[...discoveryLines(found, variables, style), '', diff, ...conflicts, next].join('\n')}\n`);
}

const jsonOf = (
  { named: _named, ...found }: Discovery,
  variables: Needed,
  changes: readonly Change[],
  { write: isWritten = false }: DiscoverOptions,
): object => ({
  schema: 'plimsoll/discover/1',
  ...found,
  variables,
  changes: changes.map(({ path, before, text, conflicts }) => ({ path, diff: unifiedDiff(path, before, text), conflicts })),
  written: isWritten,
});
