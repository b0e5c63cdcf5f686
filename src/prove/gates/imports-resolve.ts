import type { Because, Evidence } from '../../base/index.ts';
import { installationAt, type Installation } from '../../image/index.ts';
import type { Distribution } from '../../plan/index.ts';
import { librariesOf, type Unmet as UnmetLibrary } from '../elf/libraries.ts';
import { distributionOf, waysToAdd } from '../distribution.ts';
import { failed, gate, listed, passed, seen, skipped } from '../outcome.ts';
import { unmetRequirements, type Unmet as UnmetRequirement } from '../python/distributions.ts';
import { walkImports, type ImportGraph, type Missing } from '../python/import-graph.ts';
import { linuxEnvironment } from '../python/marker.ts';
import { unopened } from '../python/opened-libraries.ts';
import { modulesOf } from '../python/modules.ts';
import { pythonStart, type PythonStart } from '../python/roots.ts';
import { count } from '../quantity.ts';
import { argvOf } from '../container/start.ts';
import { launchOf } from '../start/launch.ts';
import { surroundingsOf } from '../start/surroundings.ts';
import type { Outcome, Subject } from '../types.ts';

export const importsResolve = gate({
  id: 'imports-resolve',
  level: 'required',
  promise: 'Every import and shared library that the start needs is in the image.',
  why: 'A module that only a developer’s machine has is found here, and not by the first request that needs it.',
  source: 'Python Language Reference, 5 "The import system"; `pip check`; ld.so(8), dlopen(3)',
  needs: [],
  async measure(subject) {
    const around = await surroundingsOf(subject);
    const start = await pythonStart(launchOf(argvOf(subject.contract)), around);
    if (!start) return skipped('the start command runs no Python that could be followed');
    const installation = await installationAt(around.tree, start.interpreter);
    if (!installation)
      return failed(
        `\`/${start.interpreter}\` has no standard library beside it`,
        'install the whole interpreter: its `lib/python3.X` folder is not in the image',
        [seen('interpreter', `/${start.interpreter}`)],
      );
    return judge(subject, around, start, installation);
  },
});

async function judge(
  subject: Subject,
  around: Awaited<ReturnType<typeof surroundingsOf>>,
  start: PythonStart,
  installation: Installation,
): Promise<Outcome> {
  const { architecture } = await subject.image.config();
  const { tree, environment } = around;
  const modules = modulesOf(tree, installation, architecture, start.path);
  const graph = await walkImports(start.roots, modules, tree);
  const libraries = librariesOf(tree, architecture, environment);
  const unlinked: UnmetLibrary[] = [];
  for (const path of [installation.binary, ...graph.extensions.keys()]) unlinked.push(...(await libraries.load(path)));
  unlinked.push(...(await unopened({ tree, graph, modules, libraries, service: subject.service })));
  const asked = subject.service?.python.requirements.map((it) => it.value) ?? [];
  const unmet = await unmetRequirements(tree, installation.site, linuxEnvironment(installation.version, architecture), asked);
  return outcomeOf(graph, unlinked, unmet, installation, await distributionOf(tree));
}

function outcomeOf(
  graph: ImportGraph,
  unlinked: readonly UnmetLibrary[],
  unmet: readonly UnmetRequirement[],
  { version }: Installation,
  distribution: Distribution | undefined,
): Outcome {
  const [first, ...rest] = [
    ...graph.missing.map((it) => seen(it.by, `${it.module}: ${it.why}`)),
    ...unlinked.map((it) => seen(/^[`]|:\d+$/.test(it.by) ? it.by : `/${it.by}`, `${it.library}: ${it.why}`)),
    ...unmet.map((it) => seen(it.by, `requires ${it.requirement}: ${it.why}`)),
  ];
  const walked: Evidence = seen(
    `Python ${version}`,
    `${graph.sources} sources and ${graph.extensions.size} extension modules followed; ${graph.guarded} guarded imports were left alone`,
  );
  const measured = count(graph.sources + graph.extensions.size, 'module');
  if (!first) return passed([walked], { measured });
  const evidence: Because = [first, ...rest, walked];
  const what = [
    ...graph.missing.map((it) => `\`${it.module}\``),
    ...unlinked.map((it) => `\`${it.library}\``),
    ...unmet.map((it) => `\`${it.requirement}\``),
  ];
  return failed(
    `${listed([...new Set(what)])} ${new Set(what).size === 1 ? 'is' : 'are'} missing: ${first.from === 'run' ? `${first.what}, ${first.text}` : ''}`,
    fixFor(graph.missing, unlinked, unmet, distribution),
    evidence,
    count(what.length, 'missing', 'missing'),
  );
}

function fixFor(
  missing: readonly Missing[],
  unlinked: readonly UnmetLibrary[],
  unmet: readonly UnmetRequirement[],
  distribution: Distribution | undefined,
): string {
  const [module] = missing;
  const top = module?.module.split('.')[0] ?? '';
  if (module && module.module.includes('.')) return `check the import in ${module.by}, and that .dockerignore does not leave the file out`;
  if (module?.own) return `add the package that has \`${top}\` to the dependencies (${module.by} imports it), or the file to the image`;
  if (module) return `add the package that has \`${top}\` to the dependencies: ${module.by} imports it when the service starts`;
  const [requirement] = unmet;
  if (requirement) return `add \`${requirement.requirement}\` to the dependencies, or lock them again`;
  return waysToAdd([...new Set(unlinked.map((it) => it.library))], distribution);
}
