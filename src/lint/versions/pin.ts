import { evaluate, replace, type Dockerfile, type Edit } from '../../dockerfile/index.ts';
import { placeOf, readDockerfile, type Content } from '../reading/index.ts';
import { officialName } from '../rules/parts/official-images.ts';
import { hasFlag, isCall, type Command } from '../shell/index.ts';
import { readStages } from '../stages/index.ts';
import type { Fix, Report, RuleFacts } from '../types.ts';
import { goPackages, npmPackages, pipPackages, type OpenPackage, type Reader } from './packages.ts';
import type { OpenVersions, PackageName, VersionLookup } from './types.ts';

type Run = Extract<Content, { name: 'RUN' }>;

/** What is installed globally, and by pip otherwise than to have a newer pip: as `install-pinned-version` looks at it. */
const ours: Reader = (command, python) => [
  ...goPackages(command, python),
  ...pipPackages(command, python).filter(({ mayBeThere }) => !mayBeThere),
  ...(hasFlag(command, 'g', 'global') ? npmPackages(command, python) : []),
];

/** Rules whose findings a version mends. */
const RULES: ReadonlyMap<string, Reader> = new Map([
  ['go-pin-versions', goPackages],
  ['pip-pin-versions', pipPackages],
  ['npm-pin-versions', npmPackages],
  ['install-pinned-version', ours],
]);

/** Rules for whose findings nobody can be asked, by the installer. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['apt-pin-versions', 'apt'],
  ['apk-pin-versions', 'apk'],
  ['dnf-pin-versions', 'dnf'],
  ['yum-pin-versions', 'yum'],
  ['zypper-pin-versions', 'zypper'],
  ['gem-pin-versions', 'gem'],
]);

interface Found {
  readonly rule: RuleFacts;
  readonly report: Report;
}

/** The versions that findings leave open. */
export function openVersions(file: Dockerfile, found: readonly Found[]): OpenVersions {
  const packages = found.flatMap(({ rule, report }) => openIn(file, rule, report).packages.map((open) => open.package));
  const others = found.flatMap(({ rule, report }) => OTHERS.get(rule.id) ?? othersIn(file, rule, report));
  return { packages: [...new Map(packages.map((each) => [keyOf(each), each])).values()], others };
}

/** The same for two names of the same package. */
export const keyOf = (wanted: PackageName): string => JSON.stringify([wanted.registry, wanted.name, 'python' in wanted && wanted.python]);

/** Names the versions that a RUN leaves open, where all of them are known. Impure: tomorrow they are others. */
export function pinVersions(file: Dockerfile, rule: RuleFacts, report: Report, versionOf: VersionLookup): Fix | undefined {
  const { run, packages } = openIn(file, rule, report);
  if (run === undefined) return undefined;
  const edits = packages.map((open) => pinned(file, run, open, versionOf)).filter((edit) => edit !== undefined);
  if (edits.length === 0 || edits.length < packages.length) return undefined;
  // What is installed now would be this version anyway; not so what the base image has already.
  return { title: 'name the version that is the newest now', edits, changesImage: packages.some(({ mayBeThere }) => mayBeThere) };
}

function openIn(
  file: Dockerfile,
  rule: RuleFacts,
  { instruction }: Report,
): { readonly run: Run | undefined; readonly packages: readonly OpenPackage[] } {
  const read = RULES.get(rule.id);
  const run = read === undefined ? undefined : runAt(file, instruction);
  if (read === undefined || run === undefined) return { run: undefined, packages: [] };
  const python = pythonAt(file, instruction);
  return { run, packages: run.arguments.script.commands.flatMap((command) => read(command, python)) };
}

function runAt(file: Dockerfile, instruction: Report['instruction']): Run | undefined {
  const at = readDockerfile(file).instructions.find((each) => each.instruction !== undefined && each.instruction === instruction);
  const run = at?.name === 'ONBUILD' ? at.trigger : at;
  return run?.name === 'RUN' && !run.arguments.isList ? run : undefined;
}

/** The Python of the base image, where its tag names it: `python:3.12-slim`. */
function pythonAt(file: Dockerfile, instruction: Report['instruction']): string | undefined {
  const stages = readStages(file, evaluate(file, { argumentsGiven: true, fragment: true }));
  const base = stages.find(({ steps }) => steps.some((step) => step.instruction === instruction))?.base;
  return base === undefined || officialName(base.name) !== 'python' ? undefined : /^\d+\.\d+(?=[.-]|$)/.exec(base.tag ?? '')?.[0];
}

/** Installers of other languages, in a finding that is about several. */
const othersIn = (file: Dockerfile, rule: RuleFacts, { instruction }: Report): readonly string[] =>
  RULES.get(rule.id) !== ours ? [] : [...new Set((runAt(file, instruction)?.arguments.script.commands ?? []).flatMap(otherOf))];

const otherOf = (command: Command): readonly string[] =>
  isCall(command, 'gem', 'install') || isCall(command, 'cargo', 'install') ? [command.name] : [];

function pinned(file: Dockerfile, { arguments: { said } }: Run, open: OpenPackage, versionOf: VersionLookup): Edit | undefined {
  const { start, end, text } = open.argument;
  const span = placeOf(said, start, end);
  const [, quote = '', word] = (span && /^(["']?)(.*)\1$/s.exec(file.text.slice(span.start, span.end))) ?? [];
  const version = versionOf(open.package);
  // Versions come from outside: nothing in one may mean anything to a shell.
  if (span === undefined || word !== text || version === undefined || !/^[\w.+!-]+$/.test(version)) return undefined;
  return replace(span, `${quote}${open.at(version)}${quote}`);
}
