import type { Plan } from '../../src/plan/index.ts';

/** What is known of an example when its rows are checked. */
export interface Facts {
  /** Files of the example, by path; and of the project, by their path after `/`. */
  readonly files: ReadonlyMap<string, string>;
  readonly plan: Plan;
  /** `plimsoll ship --json`. */
  readonly shipped: { readonly [field: string]: unknown };
  /** One side of `plimsoll compare --json`, of the image that was shipped. */
  readonly image: { readonly [field: string]: unknown };
  /** Names of the example's own tests that passed, as pytest writes them: `tests/test_a.py::test_b`. */
  readonly passed: ReadonlySet<string>;
  /** What the presets, hadolint and BuildKit say of a Dockerfile, by path. */
  readonly lint: ReadonlyMap<string, readonly string[]>;
}

/** One check: whether it holds, and the facts without what it looks for. */
export interface Check {
  readonly holds: (facts: Facts) => boolean;
  readonly removed: (facts: Facts) => Facts;
}

interface Form {
  readonly pattern: RegExp;
  readonly make: (...words: string[]) => Check;
}

/** Blanks and continued lines do not count. */
const plain = (text: string): string => text.replaceAll(/\\\r?\n/g, ' ').replaceAll(/\s+/g, ' ');

/** What follows the last FROM, in instructions: comments do not count. */
const finalStage = (dockerfile: string): string =>
  dockerfile
    .replaceAll(/^\s*#.*$/gm, '')
    .split(/^FROM /m)
    .at(-1) ?? '';

const withFile = (facts: Facts, path: string, edit: (text: string) => string): Facts => ({
  ...facts,
  files: new Map(facts.files).set(path, edit(plain(facts.files.get(path) ?? ''))),
});

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((each, key) => (each as Record<string, unknown> | undefined)?.[key], value);

/** A copy in which what lies at `path` is gone. */
const without = <T>(value: T, path: string): T => {
  const copy = structuredClone(value);
  const keys = path.split('.');
  const holder = at(copy, keys.slice(0, -1).join('.')) ?? copy;
  Reflect.deleteProperty(holder as object, keys.at(-1) ?? '');
  return copy;
};

type Gates = readonly { id: string; outcome: string }[];
const gatesOf = (facts: Facts): Gates => (facts.shipped['gates'] ?? []) as Gates;

/** What may stand in the last column of a page. `docs/seeds/README.md` explains them to readers. */
const FORMS: readonly Form[] = [
  {
    pattern: /^(\S+) has ([\s\S]+)$/,
    make: (path = '', text = '') => ({
      holds: ({ files }) => plain(files.get(path) ?? '').includes(plain(text)),
      removed: (facts) => withFile(facts, path, (all) => all.replaceAll(plain(text), ' ')),
    }),
  },
  {
    pattern: /^(\S+) lacks ([\s\S]+)$/,
    make: (path = '', text = '') => ({
      holds: ({ files }) => files.has(path) && !plain(files.get(path) ?? '').includes(plain(text)),
      removed: (facts) => withFile(facts, path, (all) => `${all} ${plain(text)}`),
    }),
  },
  {
    pattern: /^(\S+) final stage (has|lacks) ([\s\S]+)$/,
    make: (path = '', verb = '', text = '') => ({
      holds: ({ files }) => files.has(path) && plain(finalStage(files.get(path) ?? '')).includes(plain(text)) === (verb === 'has'),
      removed: (facts) => ({
        ...facts,
        files: new Map(facts.files).set(path, verb === 'has' ? '' : `${facts.files.get(path) ?? ''}\nRUN ${text}\n`),
      }),
    }),
  },
  {
    pattern: /^decision (\S+) is (.+)$/,
    make: (id = '', choice = '') => ({
      holds: ({ plan }) => plan.decisions.some((each) => each.id === id && each.choice === choice),
      removed: (facts) => ({ ...facts, plan: { ...facts.plan, decisions: facts.plan.decisions.filter((each) => each.id !== id) } }),
    }),
  },
  {
    pattern: /^plan (\S+) is (.+)$/,
    make: (path = '', json = '') => ({
      holds: ({ plan }) => JSON.stringify(at(plan, path)) === JSON.stringify(JSON.parse(json)),
      removed: (facts) => ({ ...facts, plan: without(facts.plan, path) }),
    }),
  },
  {
    pattern: /^gate (\S+)$/,
    make: (id = '') => ({
      holds: (facts) => gatesOf(facts).some((gate) => gate.id === id && gate.outcome === 'passed'),
      removed: (facts) => ({ ...facts, shipped: { ...facts.shipped, gates: gatesOf(facts).filter((gate) => gate.id !== id) } }),
    }),
  },
  {
    pattern: /^ship (\S+) at most (\d+)$/,
    make: (path = '', limit = '') => ({
      holds: ({ shipped }) => Number(at(shipped, path)) <= Number(limit),
      removed: (facts) => ({ ...facts, shipped: without(facts.shipped, path) }),
    }),
  },
  {
    pattern: /^image (\S+) is (.+)$/,
    make: (path = '', json = '') => ({
      holds: ({ image }) => JSON.stringify(at(image, path)) === JSON.stringify(JSON.parse(json)),
      removed: (facts) => ({ ...facts, image: without(facts.image, path) }),
    }),
  },
  {
    pattern: /^lint (\S+)$/,
    make: (path = '') => ({
      holds: ({ lint }) => lint.get(path)?.length === 0,
      removed: (facts) => ({ ...facts, lint: new Map(facts.lint).set(path, ['a finding']) }),
    }),
  },
  {
    // The one finding that is left, and is left: on a page that says why.
    pattern: /^lint (\S+) but (DL\d+)$/,
    make: (path = '', code = '') => ({
      holds: ({ lint }) => (lint.get(path)?.length ?? 0) > 0 && lint.get(path)?.every((each) => each.includes(code)) === true,
      removed: (facts) => ({ ...facts, lint: new Map(facts.lint).set(path, ['a finding']) }),
    }),
  },
  {
    pattern: /^pytest (\S+)$/,
    make: (name = '') => ({
      holds: ({ passed }) => passed.has(name),
      removed: (facts) => ({ ...facts, passed: new Set([...facts.passed].filter((each) => each !== name)) }),
    }),
  },
  {
    // A test of this suite, which fails by itself: here it is asked for by name.
    pattern: /^test (\S+) "(.+)"$/,
    make: (path = '', name = '') => ({
      holds: ({ files }) => plain(files.get(`/${path}`) ?? '').includes(name),
      removed: (facts) => withFile(facts, `/${path}`, (all) => all.replaceAll(name, '')),
    }),
  },
];

/** Reads a check. Throws Error for what is none. */
export function checkOf(text: string): Check {
  for (const { pattern, make } of FORMS) {
    const match = pattern.exec(text);
    if (match) return make(...match.slice(1));
  }
  throw new Error(`no check: ${text}`);
}
