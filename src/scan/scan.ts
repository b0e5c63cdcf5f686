import { merged } from './advisories.ts';
import type { Advisory, Answer, AskJob, ScannedPackage, Source, SourceId } from './types.ts';
import { silence } from './types.ts';
import { comparing } from './versions/index.ts';

/** What is known of one package. */
export interface PackageResult {
  readonly package: ScannedPackage;
  /** `clear`: everybody who was asked answered, and nobody knows of anything. */
  readonly status: 'vulnerable' | 'clear' | 'unknown';
  readonly advisories: readonly Advisory[];
  readonly answered: readonly { readonly source: SourceId; readonly asOf: string }[];
  /** Why not everything is known: of a vulnerable package as well. */
  readonly unanswered: readonly { readonly source?: SourceId; readonly why: string }[];
  /** What nothing else requires and leads to it: what to upgrade. Empty where it is such a one itself, or nobody says. */
  readonly through: readonly string[];
}

export interface Scan {
  readonly packages: readonly PackageResult[];
  readonly sources: readonly AskedSource[];
  /** Packages of the repository itself: nobody was asked about them. */
  readonly own: readonly string[];
  /** Records in the image that could not be read: what they list is unknown. */
  readonly unread: readonly { readonly path: string; readonly why: string }[];
}

export interface AskedSource {
  readonly id: SourceId;
  readonly name: string;
  readonly saysNothingOf?: string;
  readonly asked: number;
  readonly answered: number;
  /** Of the oldest answer: ISO 8601. */
  readonly asOf?: string;
}

export interface Scanned {
  readonly packages: readonly ScannedPackage[];
  readonly unread?: readonly { readonly path: string; readonly why: string }[];
  /** Packages of the repository itself, of which nobody outside knows: they are not asked about. */
  readonly own?: readonly string[];
  /** Names of the dependencies that the repository asks for itself, as `ecosystem name`; absent where only an image is at hand. */
  readonly direct?: ReadonlySet<string>;
}

/**
 * Asks each source once for all packages that concern it, all at the same time. A package that nobody was asked about, or
 * about which one of those asked did not answer, is unknown and never clear.
 */
export async function scan({ packages, unread = [], own = [], direct }: Scanned, sources: readonly Source[], job: AskJob): Promise<Scan> {
  const answers = await Promise.all(
    sources.map(async (source) => {
      const concerned = packages.filter((one) => source.concerns(one));
      const got = concerned.length === 0 ? new Map<ScannedPackage, Answer>() : await source.ask(concerned, job);
      return { source, concerned, got };
    }),
  );
  const parents = parentsIn(packages);
  const results = packages.map((one): PackageResult => {
    const said = answers
      .filter(({ concerned }) => concerned.includes(one))
      .map(({ source, got }) => ({ source, answer: got.get(one) ?? silence(`${source.name} did not answer`) }));
    return resultOf(one, said, throughTo(one, parents, direct));
  });
  return {
    packages: results,
    unread,
    own,
    sources: answers.map(({ source, concerned, got }) => askedOf(source, concerned, got)).filter(({ asked }) => asked > 0),
  };
}

interface Said {
  readonly source: Source;
  readonly answer: Answer;
}

function resultOf(one: ScannedPackage, said: readonly Said[], through: readonly string[]): PackageResult {
  const answered = said.flatMap(({ source, answer }) => (answer.answered ? [{ source: source.id, asOf: answer.asOf }] : []));
  const unanswered = said.flatMap(({ source, answer }) =>
    answer.answered ? (answer.unsure ?? []).map((why) => ({ source: source.id, why })) : [{ source: source.id, why: answer.why }],
  );
  const nobody = said.length === 0 ? [{ why: `no source is known for ${kindOf(one)}` }] : [];
  const told = said.flatMap(({ answer }) => (answer.answered ? answer.told : []));
  const advisories = merged(told, comparing[one.ecosystem]);
  const open = [...unanswered, ...nobody];
  const status = advisories.length > 0 ? 'vulnerable' : open.length > 0 ? 'unknown' : 'clear';
  return { package: one, status, advisories, answered, unanswered: open, through: advisories.length > 0 ? through : [] };
}

const LABELS = {
  debian: 'packages of dpkg',
  alpine: 'packages of Alpine',
  rpm: 'packages of RPM',
  python: 'packages of Python',
  npm: 'packages of npm',
};
const kindOf = ({ ecosystem, distribution }: ScannedPackage): string =>
  distribution && ecosystem !== 'alpine'
    ? `${LABELS[ecosystem]} (${[distribution.id, distribution.version].filter(Boolean).join(' ')})`
    : LABELS[ecosystem];

function askedOf(
  { id, name, saysNothingOf }: Source,
  concerned: readonly ScannedPackage[],
  got: ReadonlyMap<ScannedPackage, Answer>,
): AskedSource {
  const dates = [...got.values()].flatMap((answer) => (answer.answered ? [answer.asOf] : [])).toSorted();
  return {
    id,
    name,
    ...(saysNothingOf === undefined ? {} : { saysNothingOf }),
    asked: concerned.length,
    answered: dates.length,
    ...(dates[0] === undefined ? {} : { asOf: dates[0] }),
  };
}

const keyOf = (ecosystem: string, name: string): string => `${ecosystem} ${name.toLowerCase().replaceAll(/[-_.]+/g, '-')}`;

/** Who requires whom, by `ecosystem name`. */
function parentsIn(packages: readonly ScannedPackage[]): ReadonlyMap<string, readonly ScannedPackage[]> {
  const parents = new Map<string, ScannedPackage[]>();
  for (const one of packages)
    for (const name of one.requires ?? []) {
      const key = keyOf(one.ecosystem, name);
      parents.set(key, [...(parents.get(key) ?? []), one]);
    }
  return parents;
}

/** The direct dependencies that lead to a package; without a repository those that nothing else requires. */
function throughTo(
  one: ScannedPackage,
  parents: ReadonlyMap<string, readonly ScannedPackage[]>,
  direct: ReadonlySet<string> | undefined,
): readonly string[] {
  const isDirect = (it: ScannedPackage): boolean => {
    const key = keyOf(it.ecosystem, it.name);
    return direct && (it.ecosystem === 'python' || it.ecosystem === 'npm') ? direct.has(key) : !parents.has(key);
  };
  const [seen, found] = [new Set([one]), new Set<string>()];
  for (const each of seen) {
    if (each !== one && isDirect(each)) found.add(each.name);
    else for (const parent of parents.get(keyOf(each.ecosystem, each.name)) ?? []) seen.add(parent);
  }
  return isDirect(one) ? [] : [...found].toSorted();
}

/** `direct` of a scan for these names. */
export const directNames = (ecosystem: 'python' | 'npm', names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map((name) => keyOf(ecosystem, name)));
