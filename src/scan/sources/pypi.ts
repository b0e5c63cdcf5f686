import { atOnce, normalizedName, shape } from '../../base/index.ts';
import type { Told } from '../advisories.ts';
import { askJson, type Asked } from '../ask.ts';
import { silence, type Answer, type ScannedPackage, type Source } from '../types.ts';
import { comparePython } from '../versions/python.ts';

/** Requests at one time. */
const AT_ONCE = 8;

/**
 * What a package index says of its own releases: the field `vulnerabilities` of its JSON API, one request a release. Mirrors
 * seldom have it. It rates nothing.
 */
export function pypi(index: string): Source {
  const base = jsonBase(index);
  return {
    id: 'pypi',
    name: 'the package index of pip',
    concerns: ({ ecosystem }) => ecosystem === 'python',
    async ask(packages, job) {
      const answers = new Map<ScannedPackage, Answer>();
      if (base === undefined) {
        const why = 'the address of pip’s index does not end in `/simple`, so nobody knows where its JSON API is';
        return new Map(packages.map((one) => [one, silence(why)]));
      }
      let gone: string | undefined;
      const ask = async (one: ScannedPackage): Promise<void> => {
        if (gone !== undefined) return void answers.set(one, silence(gone));
        const asked = await askJson(`${base}/${encodeURIComponent(normalizedName(one.name))}/${encodeURIComponent(one.version)}/json`, job);
        if (!asked.ok && !asked.there) gone = everywhere(asked.why); // the others would wait as long
        answers.set(one, answerOf(one, asked));
      };
      const [first, ...rest] = packages;
      if (first) await ask(first);
      await atOnce(rest, AT_ONCE, ask);
      return answers;
    },
  };
}

/** `…/simple` is the index (PEP 503), `…/pypi/NAME/VERSION/json` beside it the JSON API. */
const jsonBase = (index: string): string | undefined => (/\/simple\/?$/.test(index) ? index.replace(/\/simple\/?$/, '/pypi') : undefined);

function answerOf(one: ScannedPackage, asked: Asked): Answer {
  if (!asked.ok) return silence(everywhere(asked.why));
  const { vulnerabilities, info } = (asked.value ?? {}) as {
    vulnerabilities?: unknown;
    info?: Partial<Record<'name' | 'version', unknown>>;
  };
  if (!Array.isArray(vulnerabilities)) return silence('the package index says nothing of vulnerabilities: its JSON has no such field');
  if (listOf(vulnerability)(vulnerabilities, '').length > 0)
    return silence('what the package index says of vulnerabilities is not what it is known for');
  const { name = one.name, version = one.version } = info ?? {};
  if (
    normalizedName(String(name)) !== normalizedName(one.name) ||
    (version !== one.version && comparePython(String(version), one.version) !== 0)
  )
    return silence('the package index answers about another package or version than it was asked for');
  const list = vulnerabilities as readonly Vulnerability[];
  return { answered: true, told: list.filter((it) => !it.withdrawn).map((it) => toldOf(one, it)), asOf: asked.asOf };
}

/** The same words for all packages, so that they can be told together. */
const everywhere = (why: string): string => why.replace(/\/pypi\/\S+\/json/, '/pypi/NAME/VERSION/json');

const { listOf, object, text } = shape;
const vulnerability = object(
  { id: text },
  { aliases: listOf(text), summary: text, details: text, fixed_in: listOf(text), withdrawn: text },
);

/** docs of the JSON API, "Known vulnerabilities". */
interface Vulnerability {
  readonly id: string;
  readonly aliases?: readonly string[] | null;
  readonly summary?: string | null;
  readonly details?: string | null;
  readonly fixed_in?: readonly string[] | null;
  readonly withdrawn?: string | null;
}

function toldOf(one: ScannedPackage, { id, aliases, summary, details, fixed_in: fixes }: Vulnerability): Told {
  const [fixed] = (fixes ?? []).filter((it) => (comparePython(it, one.version) ?? -1) > 0).toSorted((a, b) => comparePython(a, b) ?? 0);
  const says = summary ?? details?.split('\n', 1)[0];
  return {
    id,
    aliases: aliases ?? [],
    sources: ['pypi'],
    ...(fixed === undefined ? {} : { fixed }),
    ...(says == null ? {} : { summary: says }),
  };
}
