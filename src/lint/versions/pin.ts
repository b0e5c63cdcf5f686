import { replace, type Dockerfile, type Edit } from '../../dockerfile/index.ts';
import { placeOf, readDockerfile, type Content } from '../reading/index.ts';
import { isCall, type Argument, type Command } from '../shell/index.ts';
import type { Fix, Report, RuleFacts } from '../types.ts';
import type { VersionLookup } from './types.ts';

type Run = Extract<Content, { name: 'RUN' }>;

/** Names the versions that a RUN leaves open, where all of them are known. Impure: tomorrow they are others. */
export function pinVersions(file: Dockerfile, rule: RuleFacts, { instruction }: Report, versionOf: VersionLookup): Fix | undefined {
  if (!rule.aliases.includes('DL3062') || instruction === undefined) return undefined;
  const at = readDockerfile(file).instructions.find((each) => each.instruction === instruction);
  const run = at?.name === 'ONBUILD' ? at.trigger : at;
  if (run?.name !== 'RUN' || run.arguments.isList) return undefined;
  const edits = run.arguments.script.commands.flatMap(fetched).map((argument) => pinned(file, run, argument, versionOf));
  const known = edits.filter((edit) => edit !== undefined);
  return known.length === 0 || known.length < edits.length
    ? undefined
    : { title: 'name the version that is the newest now', edits: known, changesImage: true };
}

/** What Go fetches in its newest version. Names without `@` are looked up in go.mod, or fetched by a Go older than modules. */
const fetched = (command: Command): readonly Argument[] =>
  isCall(command, 'go', 'install', 'run', 'get') ? command.args.filter(({ text }) => text.endsWith('@latest')) : [];

function pinned(file: Dockerfile, { arguments: { said } }: Run, argument: Argument, versionOf: VersionLookup): Edit | undefined {
  const span = placeOf(said, argument.start, argument.end);
  const [, quote = '', name] = (span && /^(["']?)([\w./~-]+)@latest\1$/.exec(file.text.slice(span.start, span.end))) ?? [];
  const version = name === undefined ? undefined : versionOf({ registry: 'go', name });
  return span === undefined || version === undefined ? undefined : replace(span, `${quote}${name}@${version}${quote}`);
}
