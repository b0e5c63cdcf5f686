import { BRINGS_ALL, SYSTEM_NEEDS, UNSERVED, type SystemNeed } from './distributions.ts';
import { SYSTEM_PACKAGES, type Distribution, type SystemPackage } from './packages.ts';

const COLUMNS: Readonly<Record<Distribution, string>> = {
  bookworm: 'Debian 12',
  trixie: 'Debian 13',
  alpine: 'Alpine',
  amazonlinux: 'Amazon Linux 2023',
};
const distributions = Object.keys(COLUMNS) as readonly Distribution[];
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** docs/system-libraries.md: the table as people read it. */
export const systemLibrariesPage = (): string => `# What Python packages need of the system

Made of src/plan/system by \`npm run golden\`. What a wheel for Linux brings itself is not here. A row counts where the service imports the package
(a database driver: where it depends on it); \`systemPackages\` in plimsoll.yaml overrides it.

## Python packages

${table(['package', 'imported as', 'needs', 'why', 'source'], SYSTEM_NEEDS.map(needRow))}

Looked at, and needing nothing that a base does not have: ${code(BRINGS_ALL)}.

Not served: ${Object.entries(UNSERVED)
  .map(([name, says]) => `\`${name}\`: ${says}`)
  .join('. ')}.

## Libraries and programs

Names of Debian are compared with its indexes in a test; those of Alpine and Amazon Linux were not tried with their package managers.
A dash: no package is known. “in every base”: nothing is installed for it.

${table(
  ['name', 'libraries', 'programs', ...Object.values(COLUMNS)],
  (Object.entries(SYSTEM_PACKAGES) as [string, SystemPackage][]).map(([id, { libraries = [], programs = [], names }]) => [
    id,
    code(libraries),
    code(programs),
    ...distributions.map((distribution) => named(names[distribution])),
  ]),
)}
`;

const needRow = ({ distribution, modules, needs, why, source, versions, headers, unless = [] }: SystemNeed): readonly string[] => [
  `\`${distribution}\`${versions === undefined ? '' : ` ${versions}`}`,
  code(modules),
  code(needs),
  `${why}${headers ? `; only source, so a Dockerfile compiles it, on Debian with ${code(headers.debian)}` : ''}${unless.length === 0 ? '' : ` (not with ${code(unless)})`}`,
  source,
];

const named = (names: readonly string[] | undefined): string =>
  names === undefined ? '–' : names.length === 0 ? 'in every base' : code(names);
