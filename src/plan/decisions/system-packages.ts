import { inferred, UserError, type Because } from '../../base/index.ts';
import { byDefault, chosen, configured, decision, detected, type Answer, type Context } from '../decision.ts';
import { systemNeeds, type Need } from '../system/needs.ts';
import { namesIn, type Distribution } from '../system/packages.ts';
import type { ImagePackage } from '../types.ts';
import { dockerfileBaseOf } from './dockerfile-base.ts';

export const systemPackages = decision({
  id: 'system-packages',
  question: 'Which libraries and programs of the system does it need?',
  choices: {
    none: 'nothing beside the interpreter: right where every wheel brings what it needs',
    'the known ones': 'what the dependencies load or call and do not bring, by a table with a source for each: docs/system-libraries.md',
  },
  why: 'A wheel cannot say that it needs a library or a program of the system. Where that is missing the service ends at its start, or at the first request that needs it. Only what the source really imports and calls is added.',
  key: 'systemPackages',
  decide(context): Answer {
    const { packages, needs, notes } = systemPackagesOf(context);
    const names = packages.map(({ name }) => name);
    const choice = names.join(' ') || 'none';
    const says = [names.join(', ') || 'none', ...(names.length > 0 ? [reasonOf(needs)] : []), ...notes]
      .filter((text) => text !== '')
      .join('; ');
    if (context.config.systemPackages !== undefined)
      return { ...configured(choice, names.join(', ') || 'none', 'systemPackages'), is: kindOf(names) };
    const [first, ...rest] = needs.flatMap(({ because }) => [...because]);
    const answer = first
      ? detected(choice, says, first, ...rest)
      : byDefault(choice, says, inferred('system-packages/none', 'nothing that the service imports or calls is known to need any'));
    return { ...answer, is: kindOf(names) };
  },
});

const kindOf = (names: readonly string[]): string => (names.length === 0 ? 'none' : 'the known ones');

/** In few words: each reason once. */
const reasonOf = (needs: readonly Need[]): string => [...new Set(needs.map(({ why }) => why))].join('; ');

interface SystemPackages {
  /** By the names of the direct engine's base. */
  readonly packages: readonly ImagePackage[];
  readonly needs: readonly Need[];
  readonly finds: boolean;
  readonly notes: readonly string[];
}

/** What the direct engine's image needs of Debian beside the interpreter. Throws UserError for what the release does not have. */
export function systemPackagesOf(context: Context): SystemPackages {
  const own = context.config.systemPackages;
  const { needs, finds, notes } = systemNeeds(context.service);
  if (own === false) return { packages: [], needs: [], finds: false, notes: [] };
  if (own) return { packages: own.map((name) => ({ name })), needs: [], finds, notes: [] };
  const base = chosen(context, 'base');
  // A registry's image: which distribution it is decides the image that a Dockerfile is written on.
  const distribution = base === 'bookworm' || base === 'trixie' ? base : distributionOf(context);
  return { packages: packagesIn(distribution, needs), needs, finds, notes };
}

/** Packages of the written Dockerfile: `named`, and what was found, by the names of its family. */
export function imagePackagesOf(context: Context, named: readonly string[]): readonly ImagePackage[] {
  const own = context.config.systemPackages;
  const found: readonly ImagePackage[] =
    own === false ? [] : own ? own.map((name) => ({ name })) : packagesIn(distributionOf(context), systemNeeds(context.service).needs);
  const all = [...named.map((name): ImagePackage => ({ name })), ...found];
  return [...new Map(all.toReversed().map((each) => [each.name, each])).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function distributionOf(context: Context): Distribution {
  const { family, suite } = dockerfileBaseOf(context);
  return family === 'debian' ? (suite ?? 'trixie') : family;
}

function packagesIn(distribution: Distribution, needs: readonly Need[]): readonly ImagePackage[] {
  const found = new Map<string, ImagePackage>();
  for (const { id, why, because } of needs) {
    const names = namesIn(id, distribution);
    if (!names) throw unknownIn(distribution, id, why, because);
    for (const name of names) if (!found.has(name)) found.set(name, { name, why });
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const TITLES: Readonly<Record<Distribution, string>> = {
  bookworm: 'Debian bookworm',
  trixie: 'Debian trixie',
  alpine: 'Alpine',
  amazonlinux: 'Amazon Linux 2023',
};

function unknownIn(distribution: Distribution, id: string, why: string, [first]: Because): UserError {
  const others = (['bookworm', 'trixie', 'alpine', 'amazonlinux'] as const).filter((other) => namesIn(id as Need['id'], other));
  return new UserError(
    `${TITLES[distribution]} has no package of ${id}, and ${why}`,
    `choose another base (${others.map((other) => TITLES[other]).join(', ')} ${others.length === 1 ? 'has' : 'have'} one), or say by \`systemPackages:\` in plimsoll.yaml what to install instead; \`false\`: nothing`,
    first.from === 'file' ? { file: first.file, ...first.range.start } : undefined,
  );
}
