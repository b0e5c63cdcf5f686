import { atOnce, type Position } from '../../base/index.ts';
import { applyEdits, type Edit } from '../../dockerfile/index.ts';
import { AbsentError, parseRegistryName, stateOfTag, type RegistryJob, type TagState } from '../../image/index.ts';
import { canMove, tagOf, withDigest, type Reference } from '../../pin/index.ts';
import type { ImageFile } from './find.ts';

/** What becomes of the name of an image in a file. */
export type ImageOutcome = { readonly file: string; readonly image: string } & Position &
  (
    | { readonly state: 'pinned'; readonly digest: string; readonly platforms: readonly string[]; readonly created?: string }
    | {
        readonly state: 'moved';
        readonly before: { readonly digest: string; readonly created?: string };
        readonly digest: string;
        readonly platforms: readonly string[];
        readonly created?: string;
      }
    | { readonly state: 'kept'; readonly digest: string }
    /** `floats`: the file itself leaves it open. */
    | { readonly state: 'left'; readonly why: string; readonly floats: boolean }
  );

/** A file with its outcomes and what its text would be. */
export interface PinnedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly outcomes: readonly ImageOutcome[];
}

/** Requests at once, to whichever registries. */
const AT_ONCE = 6;

/**
 * Asks registries what the names stand for: those without a digest, and with `moves` all that have a tag. Nothing is
 * written. `own`: names of images that are built here. Throws EnvironmentError when a registry cannot be asked; a name that it does not have is an outcome.
 */
export async function pinFiles(
  named: readonly ImageFile[],
  { moves, own }: { readonly moves: boolean; readonly own: readonly string[] },
  job: RegistryJob,
): Promise<readonly PinnedFile[]> {
  const built = new Set([...named.flatMap((file) => file.built), ...own]);
  const files = named.map((file) => withoutOwn(file, built));
  const isAsked = (reference: Reference): boolean => reference.digest === undefined || (moves && canMove(reference));
  const asked = files.flatMap(({ references }) => references.filter(isAsked));
  const answers = await ask(new Set(asked.map(({ text }) => tagOf(text))), job);
  const isMoved = ({ text, digest }: Reference): boolean => {
    const answer = answers.get(tagOf(text));
    return digest !== undefined && answer !== undefined && 'digest' in answer && answer.digest !== digest;
  };
  const replaced = asked.filter(isMoved).map(({ text, digest }) => `${tagOf(text).replace(/:[^:/]*$/, '')}@${digest}`);
  const formers = await ask(new Set(replaced), job);
  return files.map((file) => pinFile(file, (reference) => outcomeOf(reference, isAsked(reference) ? answers : new Map(), formers)));
}

/** What is built here has no digest until it is pushed, and another one with each build. */
function withoutOwn(file: ImageFile, built: ReadonlySet<string>): ImageFile {
  const [ours, others] = [true, false].map((isOwn) => file.references.filter(({ text }) => built.has(text) === isOwn)) as [
    Reference[],
    Reference[],
  ];
  const left = ours.map(({ text, range }) => ({ text, range, why: 'it is built here: `plimsoll ship` prints its digest', floats: false }));
  return { ...file, references: others, left: [...file.left, ...left] };
}

/** What each stands for; where the registry has no such name, why. */
type Answers = ReadonlyMap<string, TagState | { readonly why: string }>;

async function ask(names: ReadonlySet<string>, job: RegistryJob): Promise<Answers> {
  const answers = new Map<string, TagState | { readonly why: string }>();
  let current = 0;
  const progress = (): void => job.progress?.({ task: 'pin', current, total: names.size });
  if (names.size > 0) progress();
  await atOnce([...names], AT_ONCE, async (name) => {
    const answer = await stateOfTag(parseRegistryName(name), job).catch((error: unknown) => {
      if (error instanceof AbsentError) return { why: error.message };
      throw error;
    });
    answers.set(name, answer);
    current += 1;
    progress();
  }).finally(() => job.progress?.({ task: 'pin', done: true }));
  return answers;
}

/** An outcome without its place. */
type Without<T> = T extends unknown ? Omit<T, 'file' | 'image' | 'line' | 'column'> : never;
type Judged = Without<ImageOutcome>;

function outcomeOf({ text, digest }: Reference, answers: Answers, formers: Answers): Judged {
  const answer = answers.get(tagOf(text));
  if (answer && 'why' in answer) return { state: 'left', why: answer.why, floats: digest === undefined };
  if (digest !== undefined && (answer === undefined || answer.digest === digest)) return { state: 'kept', digest };
  if (answer === undefined) throw new Error(`nobody asked for ${text}`);
  if (digest === undefined) return { state: 'pinned', ...answer };
  const former = formers.get(`${tagOf(text).replace(/:[^:/]*$/, '')}@${digest}`);
  const created = former && 'digest' in former ? former.created : undefined;
  return { state: 'moved', before: { digest, ...(created === undefined ? {} : { created }) }, ...answer };
}

function pinFile({ path, text, references, left }: ImageFile, judge: (reference: Reference) => Judged): PinnedFile {
  const edits: Edit[] = [];
  const outcomes: ImageOutcome[] = left.map(({ text: image, range, why, floats }) => ({
    file: path,
    image,
    ...range.start,
    state: 'left',
    why,
    floats,
  }));
  for (const reference of references) {
    const judged = judge(reference);
    if (judged.state === 'pinned' || judged.state === 'moved') edits.push(withDigest(reference, judged.digest));
    outcomes.push({ file: path, image: tagOfText(reference), ...reference.range.start, ...judged });
  }
  outcomes.sort((a, b) => a.line - b.line || a.column - b.column);
  return { path, before: text, after: applyEdits(text, edits), outcomes };
}

/** As the file has it, without its digest. */
const tagOfText = ({ text }: Reference): string => text.split('@', 1)[0] ?? text;
