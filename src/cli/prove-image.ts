import { readFile } from 'node:fs/promises';
import { errorCode, readText, UserError } from '../base/index.ts';
import type { Store } from '../base/node.ts';
import { CREATED_BY, type Lock } from '../build/index.ts';
import { parseSize } from '../config/index.ts';
import type { Image, ImageLayer } from '../image/index.ts';
import {
  companionProgram,
  companionsFor,
  companionValues,
  contractIn,
  contractOfImage,
  environmentOf,
  findMoto,
  hintsOfImage,
  onThisMachine,
  parseEnvFile,
  profiles,
  prove,
  subjectOf,
  valuesFor,
  type Budget,
  type Choice,
  type Double,
  type GivenValue,
  type Profile,
  type Proof,
  type SubjectParts,
  type ValueSources,
} from '../prove/index.ts';
import { dockerfileOf } from './dockerfile-of.ts';
import { wishesOf, type WishOptions } from './image-wishes.ts';
import type { ProofOptions } from './options.ts';
import { pinsOf } from './pins.ts';
import { probesOf } from './probes.ts';
import type { Project } from './project.ts';
import { rebuildOf } from './rebuild.ts';
import { withRunner } from './runner.ts';
import { scannedFor } from './scanned.ts';
import type { Screen } from './ship-project.ts';

/** Below the document's "good" for a Python service; plimsoll.yaml's `budget:` sets another. */
const BUDGET_BYTES = 200e6;

/** Measures the gates on an image of this project. */
export async function proveImage(...about: Parameters<typeof partsOf>): Promise<Proof> {
  const [, project, options, store, screen] = about;
  return proveParts(await partsOf(...about), profileOf(project.config, options), options, store, screen, project.config.prove?.skip);
}

/** What is known of an image of this project, for who runs it. */
export async function partsOf(
  image: Image,
  project: Project,
  options: ProofOptions,
  store: Store,
  screen: Screen,
  lock: Lock | undefined,
): Promise<SubjectParts> {
  const { plan, config } = project;
  const choice = await choiceOf(project, options);
  const values = await givenValues(project, options, choice);
  return {
    image,
    contract: contractIn(profileOf(config, options), plan.contract, {
      grace: config.stop?.grace !== undefined,
      memory: config.limits?.memory !== undefined,
    }),
    service: plan.service,
    budget: budgetOf(config.budget, await image.layers()),
    pins: await pinsOf(plan, lock ?? { version: 1 }, (await image.config()).architecture, project.files),
    dockerfile: await dockerfileOf(image, project.root),
    rebuild: await rebuildOf(image, project, options, store, screen, lock),
    scanned: scannedFor(image, project, options, store, screen),
    values,
    probes: probesOf(config, options.probe),
    allowedSecrets: config.prove?.allowSecrets ?? [],
    doubles: await doublesOf(project),
    companions: await companionsOf(project, choice, values, store, screen),
    choice,
  };
}

/** Measures the gates on an image whose repository is not at hand. Values come from `--env` and `--env-file` alone. */
export async function proveImageAlone(image: Image, options: ProofOptions & WishOptions, store: Store, screen: Screen): Promise<Proof> {
  const profile = profileOf({}, options);
  const named = { grace: options.grace !== undefined, memory: options.memory !== undefined };
  const probes = probesOf({}, options.probe);
  const values = valuesFor([], await namedValues(options));
  const wishes = { ...wishesOf(options), speaksHttp: probes.length > 0, values: environmentOf(values) };
  const contract = await contractOfImage(image, wishes);
  if (probes.length > 0 && contract.ports.length === 0)
    throw new UserError('`--probe` asks a service by its port, and the image exposes none', '`--port 8080` names it');
  const parts: SubjectParts = {
    image,
    contract: contractIn(profile, contract, named),
    probes,
    ...(await hintsOfImage(image, contract, wishes)),
    budget: { uncompressedBytes: options.budget ?? BUDGET_BYTES },
    scanned: scannedFor(image, undefined, options, store, screen),
    values,
    allowedSecrets: options.allowSecret ?? [],
  };
  return proveParts(parts, profile, options, store, screen);
}

function proveParts(
  parts: SubjectParts,
  profile: Profile,
  options: ProofOptions,
  store: Store,
  { progress, signal }: Screen,
  skip: readonly string[] = [],
): Promise<Proof> {
  return withRunner(options.runner, store, async (runner) =>
    prove(subjectOf({ ...parts, runner, signal }), {
      availability: await runner.available(),
      profile,
      progress,
      ...(options.only ? { only: options.only } : {}),
      skip: [...(options.skip ?? []), ...skip],
      ...(options.allowUnproven ? { allowUnproven: options.allowUnproven } : {}),
    }),
  );
}

function profileOf(config: Project['config'], options: ProofOptions): Profile {
  const id = options.profile ?? config.prove?.profile ?? 'docker';
  const found = profiles.find((it) => it.id === id);
  if (found) return found;
  throw new UserError(`there is no profile \`${id}\``, `the profiles are ${profiles.map((it) => it.id).join(', ')}`);
}

/** What stands beside the service: what a person settles by a value or a stand-in of theirs needs nothing. */
async function choiceOf({ config, plan }: Project, options: ProofOptions): Promise<Choice> {
  const { flags, envFile } = await namedValues(options);
  const named = config.prove?.companions;
  const choice = companionsFor(plan.service, {
    named,
    variables: Object.keys({ ...flags, ...envFile, ...config.prove?.env }),
    ports: [...plan.contract.ports, ...(config.prove?.doubles ?? [])].map(({ port }) => port),
  });
  return named ? choice : onThisMachine(choice);
}

async function companionsOf({ plan }: Project, { wanted }: Choice, values: readonly GivenValue[], store: Store, screen: Screen) {
  const moto = wanted.some(({ name }) => name === 'moto') ? await findMoto(store, screen.progress) : undefined;
  return wanted.map((it) => companionProgram(it, plan.service, values, moto));
}

/** What plimsoll.yaml allows an image with these layers, by who made it. */
export function budgetOf(budget: Project['config']['budget'] = {}, layers: readonly Pick<ImageLayer, 'createdBy'>[]): Budget {
  const { dockerfile, compressed, waste, avoidable } = budget;
  const isDirect = layers.every(({ createdBy }) => createdBy?.startsWith(CREATED_BY));
  const size = isDirect ? budget.size : (dockerfile ?? budget.size);
  return {
    uncompressedBytes: size === undefined ? BUDGET_BYTES : parseSize(size),
    ...(compressed === undefined ? {} : { compressedBytes: parseSize(compressed) }),
    ...(waste === undefined ? {} : { wasteBytes: parseSize(waste) }),
    ...(avoidable === undefined ? {} : { avoidableBytes: parseSize(avoidable) }),
  };
}

/** The values for a run, in the order of who said them. A real .env is read only when `--env-file` names it. */
export async function givenValues(
  { plan, config }: Project,
  options: Pick<ProofOptions, 'env' | 'envFile'>,
  choice?: Choice,
): Promise<readonly GivenValue[]> {
  return valuesFor(plan.contract.environment, {
    ...(await namedValues(options)),
    ...(config.prove?.env ? { config: config.prove.env } : {}),
    ...(choice ? { companions: companionValues(plan.service, choice.wanted) } : {}),
    ...(plan.service.examples ? { examples: plan.service.examples } : {}),
  });
}

/** What `--env` and `--env-file` name. */
export const namedValues = async ({ env, envFile }: Pick<ProofOptions, 'env' | 'envFile'>): Promise<ValueSources> => ({
  flags: Object.fromEntries((env ?? []).map(assignment)),
  ...(envFile === undefined ? {} : { envFile: await readEnvFile(envFile) }),
});

function assignment(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  const inherited = process.env[text];
  if (equals === 0 || inherited === undefined)
    throw new UserError(`\`--env ${text}\` sets nothing`, 'write `--env NAME=value`, or `--env NAME` for a variable that is set here');
  return [text, inherited];
}

async function readEnvFile(file: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UserError(`\`--env-file ${file}\` cannot be read (${errorCode(error) ?? 'unknown'})`, 'name a file with K=V lines');
  });
  return parseEnvFile(text, file, process.env);
}

async function doublesOf({ config, files }: Project): Promise<Double[]> {
  const listed = new Set((await files.list()).map((entry) => entry.path));
  return Promise.all(
    (config.prove?.doubles ?? []).map(async ({ file, port }) => {
      if (!listed.has(file))
        throw new UserError(`the double \`${file}\` is not there`, 'mend `prove.doubles` in plimsoll.yaml', { file: 'plimsoll.yaml' });
      return { file, port, text: await readText(files, file) };
    }),
  );
}
