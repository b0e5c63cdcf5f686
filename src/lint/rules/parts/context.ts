import {
  cleanPath,
  heredocOnly,
  ignoreMatcher,
  type IgnoreMatcher,
  type Instruction,
  type Span,
  type Step,
} from '../../../dockerfile/index.ts';
import type { Context, Subject } from '../../types.ts';

/** A file or folder of the context that COPY or ADD takes. */
export interface Taken {
  readonly step: Step;
  readonly instruction: Instruction;
  /** Cleaned, relative to the context; `.` is the whole of it. */
  readonly path: string;
  readonly span: Span;
}

/** What the build takes from its context, by paths without wildcards and variables that nobody knows. */
export function takenFromContext({ evaluation }: Pick<Subject, 'evaluation'>): readonly Taken[] {
  return evaluation.steps.flatMap((step) => {
    const { instruction, words, fromContext, trigger, span } = step;
    const { name, args } = instruction;
    if ((name !== 'COPY' && name !== 'ADD') || !fromContext || trigger || step.stopped) return [];
    const written = args.form === 'words' || args.form === 'exec' ? args.words.filter((word) => !heredocOnly(word.text)) : [];
    return words
      .map((source, i) => ({ step, instruction, path: relative(source), span: written[i]?.span ?? span, source }))
      .filter(({ source, path }) => path !== '' && !/[*?[$\\]|^[a-z]+:\/\/|^[\w-]+@[\w.-]+:/i.test(source));
  });
}

/** Paths of COPY are those of the context, also with `/` or `../` in front (Dockerfile reference, "COPY"). */
const relative = (source: string): string => cleanPath(source).replace(/^(?:\.\.?\/|\/)+/, '') || '.';

/** What lies in the folder of a service. */
const MANIFESTS = ['package.json', 'pyproject.toml', 'requirements.txt', 'go.mod', 'Cargo.toml', 'Gemfile', 'composer.json', 'pom.xml'];

/**
 * The folder that is built: the one of those that may be it in which most of what is taken lies, the nearest first. Where
 * everything is taken, the nearest in which a service lies. Undefined where nothing tells.
 */
export function contextOf(subject: Pick<Subject, 'evaluation' | 'contexts'>): Context | undefined {
  const paths = takenFromContext(subject)
    .map(({ path }) => path)
    .filter((path) => path !== '.');
  const wanted = paths.length > 0 ? paths : MANIFESTS;
  const scored = subject.contexts.map((context) => ({ context, has: wanted.filter((path) => context.kindOf(path) !== undefined).length }));
  const best = scored.reduce<(typeof scored)[number] | undefined>((a, b) => (a === undefined || b.has > a.has ? b : a), undefined);
  return best?.has === 0 ? undefined : best?.context;
}

/** What .dockerignore leaves out of a context; nothing without such a file or with one that cannot be read. */
export function ignoredIn(context: Context): IgnoreMatcher {
  const text = context.read('.dockerignore');
  if (text === undefined) return () => false;
  try {
    return ignoreMatcher(text);
  } catch {
    return () => false;
  }
}
