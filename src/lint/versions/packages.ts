import type { Argument, Command } from '../shell/index.ts';
import { hasFlag, isCall, operands, withoutValuesOf } from '../shell/index.ts';
import { isPipInstall, OF_PIP, packagesOfPip } from '../rules/parts/pip.ts';
import type { PackageName } from './types.ts';

/** A word of a command that names a package and no version. */
export interface OpenPackage {
  readonly argument: Argument;
  readonly package: PackageName;
  /** The word with a version in it. */
  readonly at: (version: string) => string;
  /** The base image may hold another version of it, which would have been left as it is. */
  readonly mayBeThere: boolean;
}

/** What a command installs in its newest version, from the registry that its client asks by itself. */
export type Reader = (command: Command, python: string | undefined) => readonly OpenPackage[];

/** Names without `@` are looked up in go.mod, or fetched by a Go older than modules. */
export const goPackages: Reader = (command) =>
  isCall(command, 'go', 'install', 'run', 'get')
    ? named(command.args, /^([A-Za-z0-9][\w.-]*\.[\w.-]+(?:\/[\w.~-]+)+)@latest$/, (name, argument) => ({
        argument,
        package: { registry: 'go', name },
        at: (version) => `${name}@${version}`,
        mayBeThere: false,
      }))
    : [];

/** Flags by which pip installs from elsewhere, or is bound by a file. */
const OTHER_INDEX = ['i', 'index-url', 'extra-index-url', 'f', 'find-links', 'no-index', 'c', 'constraint', 'pre'];

export const pipPackages: Reader = (command, python) =>
  isPipInstall(command) && !hasFlag(command, ...OTHER_INDEX)
    ? named(
        packagesOfPip(withoutValuesOf(command, 'r', 'requirement')),
        /^([A-Za-z0-9](?:(?!\.(?:whl|zip|gz|txt)$)[\w.-])*)(?:\[[\w,.-]+\])?$/,
        (name, argument) => ({
          argument,
          package: { registry: 'pypi', name, python },
          at: (version) => `${argument.text}==${version}`,
          mayBeThere: OF_PIP.has(name),
        }),
      )
    : [];

export const npmPackages: Reader = (command) =>
  isCall(command, 'npm', 'install', 'i') && !hasFlag(command, 'registry', 'userconfig')
    ? named(
        operands(withoutValuesOf(command, 'loglevel', 'prefix', 'C', 'omit', 'include', 'w', 'workspace', 'cache')).slice(1),
        /^((?:@[\w-][\w.-]*\/)?[A-Za-z0-9](?:(?!\.(?:tgz|gz|tar)$)[\w.-])*)(?:@latest)?$/,
        (name, argument) => ({
          argument,
          package: { registry: 'npm', name },
          at: (version) => `${name}@${version}`,
          mayBeThere: name === 'npm',
        }),
      )
    : [];

/** Only names that a client cannot take for anything else, such as an option or a path. */
const named = (
  words: readonly Argument[],
  pattern: RegExp,
  open: (name: string, argument: Argument) => OpenPackage,
): readonly OpenPackage[] =>
  words.flatMap((word) => {
    const name = pattern.exec(word.text)?.[1];
    return name === undefined ? [] : [open(name, word)];
  });
