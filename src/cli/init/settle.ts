import { UserError } from '../../base/index.ts';
import type { Config, KeyValue } from '../../config/index.ts';
import { makePlan, type Plan } from '../../plan/index.ts';
import { DOCKERFILE, mergeTexts } from '../../write/index.ts';
import type { InitOptions } from '../init.ts';
import { readRepository, type Repository } from '../project.ts';
import { ask, canAsk } from './ask.ts';
import { textOf, type Change } from './changes.ts';
import { dockerfileFacts } from './dockerfile-facts.ts';
import type { DockerfileFact } from './fact.ts';
import { entryQuestion, flagKeys, openQuestions, type Question } from './questions.ts';
import { writtenBefore } from './record.ts';

/** A repository in which every question has its answer. */
export interface Settled {
  readonly root: string;
  /** Made from plimsoll.yaml as it is to be. */
  readonly plan: Plan;
  /** plimsoll.yaml as it is, and as it is to be. */
  readonly config: { readonly before: string | undefined; readonly text: string };
  /** Questions that nobody answered: Plimsoll takes what it recommends. */
  readonly open: readonly Question[];
  /** What was read from the Dockerfile that is adopted. */
  readonly adopted?: readonly DockerfileFact[];
}

const CONFIG = 'plimsoll.yaml';

/**
 * Reads the repository, takes the flags' answers, then those of the Dockerfile that is adopted, then asks for the rest.
 * All answers become keys of plimsoll.yaml: the next run, and CI, decide the same. Writes nothing.
 */
export async function settle(path: string, options: InitOptions): Promise<Settled> {
  const mayAsk = canAsk() && options.yes !== true && options.check !== true && options.dryRun !== true && options.json !== true;
  const { repository, keys: entryKeys } = await withEntry(path, options, mayAsk);
  const { root, service } = repository;
  const before = await textOf(root, CONFIG);
  const state = new Answers(repository, before ?? '');
  await state.set(entryKeys);
  const { entry: _, ...flags } = options;
  // A Debian release is part of the first plan: what the other flags mean depends on its Python.
  if (flags.base === 'bookworm' || flags.base === 'trixie') await state.set([[['base'], flags.base]]);
  await state.set(flagKeys(flags, makePlan(service, state.config), state.config));
  const adopted = options.adopt === true ? await adoptedFacts(root, makePlan(service, state.config)) : undefined;
  if (adopted !== undefined) await state.setNew(adopted.flatMap(({ keys }) => keys));
  const open = openQuestions(makePlan(service, state.config), state.config);
  if (mayAsk) for (const question of open) await state.set([(await ask(question)).value]);
  return {
    root,
    plan: makePlan(service, state.config),
    config: { before, text: state.text },
    open: mayAsk ? [] : open,
    ...(adopted === undefined ? {} : { adopted }),
  };
}

/** Which application is meant comes first: everything else depends on it. */
async function withEntry(
  path: string,
  options: InitOptions,
  mayAsk: boolean,
): Promise<{ repository: Repository; keys: readonly KeyValue[] }> {
  const repository = await readRepository(path, options.entry, options.package);
  if (options.entry !== undefined) return { repository, keys: [[['entry'], options.entry]] };
  const question = mayAsk ? entryQuestion(repository.service, repository.config) : undefined;
  if (question === undefined) return { repository, keys: [] };
  const { choice, value } = await ask(question);
  return { repository: await readRepository(path, choice, options.package), keys: [value] };
}

/** plimsoll.yaml while it is being answered. */
class Answers {
  config: Config;

  constructor(
    { config }: Repository,
    public text: string,
  ) {
    this.config = config;
  }

  /** Sets these keys; what stands there already as it should be is not touched. */
  async set(keys: readonly KeyValue[]): Promise<void> {
    const changing = keys.filter(([key, value]) => JSON.stringify(this.at(key)) !== JSON.stringify(value));
    if (changing.length === 0) return;
    const { editConfig, readConfig } = await import('../../config/index.ts');
    const { before, after } = editConfig(this.text, changing);
    const merged = mergeTexts(before, this.text, after);
    this.text = merged.conflicts.length > 0 ? after : merged.text;
    this.config = readConfig(this.text);
  }

  /** Sets those keys that the person, or a flag, did not set. */
  async setNew(keys: readonly KeyValue[]): Promise<void> {
    await this.set(keys.filter(([key]) => this.at(key) === undefined));
  }

  /** `healthCheck: false` also stands where `healthCheck.path` would. */
  private at(key: readonly string[]): unknown {
    return key.reduce<unknown>(
      (each, name) => (typeof each === 'object' && each !== null ? (each as Record<string, unknown>)[name] : each),
      this.config,
    );
  }
}

/** Undefined where there is no Dockerfile, or one of Plimsoll's. */
async function adoptedFacts(root: string, plan: Plan): Promise<readonly DockerfileFact[] | undefined> {
  const [text, before] = await Promise.all([textOf(root, DOCKERFILE), writtenBefore(root)]);
  if (text === undefined)
    throw new UserError('there is no Dockerfile to adopt', 'run `plimsoll init` without `--adopt`', { file: DOCKERFILE });
  if (before.has(DOCKERFILE))
    throw new UserError(`${DOCKERFILE} is Plimsoll's already`, 'run `plimsoll init` without `--adopt`: it merges', { file: DOCKERFILE });
  return dockerfileFacts(text, plan);
}

/** plimsoll.yaml as a file that changes; nothing where no answer came. */
export function configChange({ config: { before, text } }: Settled): readonly Change[] {
  if (text === (before ?? '')) return [];
  return [{ path: CONFIG, state: before === undefined ? 'missing' : 'merged', before: before ?? '', text, conflicts: [], base: undefined }];
}
