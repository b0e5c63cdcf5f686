import { certain, UserError, type Evidence, type Fact } from '../../base/index.ts';
import type { Application, Framework } from '../types.ts';
import { applicationFact, bestOf, frameworkFact, withFrameworkServed } from './applications.ts';
import { WEIGHT, type Candidate } from './frameworks/candidate.ts';
import { commandTarget } from './command.ts';
import { programAt, rootOf, type Sources } from './source/program.ts';

export interface Chosen {
  readonly candidate?: Candidate;
  readonly application?: Fact<Application>;
  readonly framework?: Fact<Framework>;
  readonly applications: readonly Fact<Application>[];
  /** The hint, where it is what starts the service. */
  readonly start?: Fact<readonly string[]>;
}

/** Which candidate is the service: the one that `entry` names, else the declared start command's, else the best. */
export function chooseApplication(
  candidates: readonly Candidate[],
  sources: Sources,
  { start, hint }: { readonly start?: Fact<readonly string[]>; readonly hint?: Fact<readonly string[]> },
  entry: string | undefined,
): Chosen {
  const applications = candidates.filter((c) => c.byNameOnly !== true).map(applicationFact);
  const chosen = (c: Candidate, said?: Evidence): Chosen => chosenAs(withFrameworkServed(c, sources), applications, said);
  if (entry !== undefined) return chosen(named(entry, candidates, sources), { from: 'flag', name: `--entry ${entry}` });
  const target = start ? commandTarget(start.value) : undefined;
  const declared = target === undefined ? consoleIn(start?.value, candidates) : find(target, candidates, sources);
  if (declared && start) return chosen(declared, start.because[0]);
  const best = bestOf(candidates, sources);
  if (best && best.weight >= WEIGHT.served) return chosen(best);
  // The source leaves it open: what Makefile or README start is a better guess than a script by its name.
  const hintedTarget = hint ? commandTarget(hint.value) : undefined;
  const hinted = hintedTarget === undefined ? undefined : find(hintedTarget, candidates, sources);
  // A program gets its arguments along; what a server imports is served as any other.
  if (hint && hinted)
    return {
      ...chosen(hinted, hint.because[0]),
      ...(hinted.application.kind === 'script' || hinted.application.kind === 'module' ? { start: hint } : {}),
    };
  if (best) return chosen(best);
  return { applications, ...(hint && !start ? { start: hint } : {}) };
}

/** A start command may be a console script of the service's own. */
const consoleIn = (argv: readonly string[] | undefined, candidates: readonly Candidate[]): Candidate | undefined =>
  candidates.find(({ application: a }) => a.kind === 'console' && a.script === argv?.[0]);

function chosenAs(candidate: Candidate, applications: readonly Fact<Application>[], said?: Evidence): Chosen {
  const framework = frameworkFact(candidate);
  if (!said) return { candidate, application: applicationFact(candidate), framework, applications };
  return { candidate, application: certain(candidate.application, said, candidate.at), framework, applications };
}

function named(entry: string, candidates: readonly Candidate[], sources: Sources): Candidate {
  const found = find(entry, candidates, sources);
  if (found) return found;
  const known = candidates.slice(0, 5).map((c) => `\`${nameOf(c.application)}\``);
  throw new UserError(
    `--entry \`${entry}\` names nothing that is here`,
    known.length > 0 ? `found: ${known.join(', ')}` : 'write it as `module:object`, `file.py` or `-m module`, relative to the folder',
  );
}

/** As `--entry` takes it. */
export function nameOf(a: Application): string {
  if (a.kind === 'script') return a.file;
  if (a.kind === 'console') return a.script;
  return a.kind === 'module'
    ? ['-m', a.module, ...(a.arguments ?? []).filter((word) => !word.startsWith('--'))].join(' ')
    : `${a.module}:${a.object}`;
}

/** The candidate that a name stands for; one that no reader found is made when its module is there. */
function find(name: string, candidates: readonly Candidate[], sources: Sources): Candidate | undefined {
  const wanted = name.replace(/\(\)$/, '').replace(/^\.\//, '');
  const known = candidates.find(
    (c) =>
      nameOf(c.application) === wanted ||
      (c.application.kind !== 'asgi' && c.application.kind !== 'wsgi' && c.application.file === wanted) ||
      // `celery -A orders.tasks` finds the object there by itself.
      (c.application.kind === 'module' && c.application.arguments?.some((word) => word === wanted || word.startsWith(`${wanted}:`))),
  );
  if (known) return known;
  if (wanted.endsWith('.py')) return sources.has(wanted) ? made({ kind: 'script', file: wanted }, wanted, sources) : undefined;
  if (wanted.startsWith('-m ')) {
    const module = wanted.slice(3).trim();
    const file = ['', 'src']
      .map((root) => programAt(sources, root))
      .flatMap((p) => p.pathOf(`${module}.__main__`) ?? p.pathOf(module) ?? [])[0];
    return file === undefined ? undefined : made({ kind: 'module', module, file }, file, sources);
  }
  const [module = '', object] = wanted.split(':');
  // Names of modules depend on the folder they are run from: the same file may be known by another one.
  const inFile = candidates.find(
    (c) =>
      'object' in c.application &&
      (object === undefined || c.application.object === object) &&
      programAt(sources, c.root).pathOf(module) === c.application.file,
  );
  if (inFile || object === undefined) return inFile;
  const file = programAt(sources, '').pathOf(module);
  if (file === undefined || !sources.module(file).defined.has(object)) return undefined;
  const kind = candidates.some((c) => c.application.kind === 'asgi') ? 'asgi' : 'wsgi';
  return made({ kind, module, object, factory: name.endsWith('()'), file }, file, sources);
}

function made(application: Application, file: string, sources: Sources): Candidate {
  const module = sources.module(file);
  const [first] = module.body;
  const at = module.file.at(first ? { from: first.from, to: Math.min(first.to, first.from + 80) } : { from: 0, to: 0 });
  const root = application.kind === 'script' ? rootOf(file, sources) : '';
  return { application, framework: 'script', root, at, weight: 0 };
}
