import { allSteps, operands } from '../../lint/index.ts';
import { factAt, isDebian, leftOut, type DockerfileFact, type FactReader } from './fact.ts';

const MANAGERS = ['apt-get', 'apt', 'aptitude', 'apk', 'dnf', 'microdnf', 'yum'];
/** What only a compiler's work needs: the dependencies are wheels. */
const FOR_BUILDS = /^(?:build-essential|gcc|g\+\+|make|cmake|pkg-config|git|python3-dev|python3-pip|.+-dev)$/;
/** Has a decision of its own. */
const DECIDED = ['tini', 'dumb-init', 'curl'];

/** System packages of the image that runs; those of stages before it stay there. */
export const packageFacts: FactReader = (stage, { recipe, dockerfile }) => {
  const facts = new Map<string, DockerfileFact>();
  for (const step of allSteps(stage)) {
    for (const call of step.script.calls.filter(({ program }) => MANAGERS.includes(program))) {
      const [verb, ...words] = operands(call, 't', 'target-release', 'o', 'option');
      if (verb?.text !== 'install' && verb?.text !== 'add') continue;
      for (const { text } of words) {
        const name = text.replace(/[=<>~].*$/, '');
        const taken = facts.get(name)?.keys.length === 0 ? undefined : facts.get(name);
        if (taken === undefined && !facts.has(name)) facts.set(name, packageFact(step, name, recipe.packages, isDebian(stage)));
      }
    }
  }
  // What was found to be needed is found again: it needs no key.
  const found = new Set(dockerfile.packages.flatMap(({ name, why }) => (why === undefined ? [] : [name])));
  return merged(
    [...facts.values()],
    recipe.packages.filter((name) => !found.has(name)),
  );
};

function packageFact(step: Parameters<typeof factAt>[0], name: string, known: readonly string[], isTaken: boolean): DockerfileFact {
  if (known.includes(name)) return factAt(step, 'package', name);
  if (DECIDED.includes(name)) return leftOut(step, 'package', name, 'it comes where the start or the health check calls it');
  if (FOR_BUILDS.test(name)) return leftOut(step, 'package', name, 'it is for building, and wheels are installed');
  if (!isTaken || !/^[a-z0-9][a-z0-9+.-]+$/.test(name)) return leftOut(step, 'package', name, '`packages:` are names of Debian packages');
  return factAt(step, 'package', name, [['packages'], [name]]);
}

/** The key holds all of them: each fact carries the list so far. */
function merged(facts: readonly DockerfileFact[], known: readonly string[]): readonly DockerfileFact[] {
  let all = known.filter((name) => name !== 'tini' && name !== 'dumb-init');
  return facts.map((fact) => {
    if (fact.keys.length === 0) return fact;
    all = [...all, fact.value];
    return { ...fact, keys: [[['packages'], all]] };
  });
}
