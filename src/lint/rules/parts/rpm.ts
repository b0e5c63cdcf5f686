import { hasArg, operands, type Argument, type Command } from '../../shell/index.ts';
import type { BaseImage, Reading } from '../../reading/index.ts';
import type { Report } from '../../types.ts';
import { passes, reportAt, spanIn } from './hadolint.ts';

/** A package manager for RPM: its commands, and the arguments after which other things than packages follow. */
export interface RpmManager {
  readonly names: readonly string[];
  readonly groups: readonly string[];
  readonly advice: string;
}

/** The first package or module of each RUN that has no version. */
export function* unpinnedRpms(reading: Reading, { names, groups, advice }: RpmManager): Iterable<Report> {
  for (const items of passes(reading)) {
    const variables = new Variables();
    for (const { content, at } of items) {
      if (content.name === 'FROM') variables.enter(content.base);
      if (content.name === 'ARG') variables.declare(content.variable);
      if (content.name === 'ENV') variables.set(content.pairs.map(({ name }) => name));
      if (content.name !== 'RUN') continue;
      const installs = content.arguments.script.commands.filter((command) => names.includes(command.name) && hasArg(command, 'install'));
      const found =
        installs
          .filter((command) => !hasArg(command, ...groups))
          .flatMap(installed)
          .find(({ text }) => !hasVersion(text, variables)) ??
        installs
          .filter((command) => hasArg(command, 'module'))
          .flatMap(installed)
          .find(({ text }) => !text.includes(':'));
      if (found !== undefined) yield reportAt(at, `\`${found.text}\` has no version: ${advice}`, spanIn(content, found));
    }
  }
}

const installed = (command: Command): readonly Argument[] =>
  operands(command).filter(({ text }) => text !== 'install' && text !== 'module');

function hasVersion(name: string, variables: Variables): boolean {
  const [, ...parts] = name.split('-');
  if (parts.length === 0) return false;
  if (name.endsWith('.rpm')) return true;
  if (name.includes('$')) return variables.anyIn(name);
  return parts.every((part) => /^[0-9A-Za-z.~^_:+]*$/.test(part)) && parts.some((part) => /^[0-9]/.test(part));
}

/** Variables that are known where a RUN stands: those of ENV in the stage and in the one it is built on, and each ARG. */
class Variables {
  private readonly declared = new Set<string>();
  private readonly stages: { readonly alias: string; readonly names: Set<string> }[] = [];
  private begun = false;

  enter({ alias = '', name }: BaseImage): void {
    const base = this.begun ? this.stages.find((stage) => stage.alias === name) : undefined;
    this.begun = true;
    this.stages.push({ alias, names: new Set(base?.names) });
  }

  declare(name: string): void {
    this.open();
    this.declared.add(name);
  }

  set(names: readonly string[]): void {
    this.open();
    for (const name of names) this.stages.at(-1)?.names.add(name);
  }

  /** What stands before the first FROM. */
  private open(): void {
    if (this.stages.length === 0) this.stages.push({ alias: '', names: new Set() });
    this.begun = true;
  }

  anyIn(text: string): boolean {
    return [...(this.stages.at(-1)?.names ?? []), ...this.declared].some((name) => text.includes(`\${${name}}`));
  }
}
