import { certain } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Repository } from '../../repository.ts';
import { textFile, type TextFile } from '../../text.ts';
import type { ManifestFacts } from './manifest.ts';
import { requirementsIn } from './pyproject.ts';
import { isProblem, itemsAt, parseToml, stringAt } from './toml.ts';

/** PEP 723, "Specification": its own pattern. */
const BLOCK = /^# \/\/\/ script$\s(?:^#(?:| .*)$\s)+?^# \/\/\/$/m;

export const scriptMetadata = reader({
  id: 'python/manifests/script-metadata',
  about: 'What a script says of itself in a block of comments: interpreter and dependencies.',
  source: 'PEP 723; packaging.python.org, “Inline script metadata”',
  reads: ['*.py'],
  async read(repository: Repository): Promise<ManifestFacts> {
    const files = await Promise.all(repository.paths.filter((path) => /^[^/]+\.py$/.test(path)).map((path) => repository.text(path)));
    const scripts = files.flatMap((file) => {
      const block = file && BLOCK.exec(file.text);
      return block ? [{ file, start: block.index, metadata: block[0] }] : [];
    });
    const [script, other] = scripts;
    if (script === undefined) return {};
    const { file, start, metadata } = script;
    if (other !== undefined)
      return {
        problems: [
          {
            at: other.file.place(other.start),
            what: `${file.path} has script metadata too`,
            hint: 'keep the dependencies of the service in one place',
          },
        ],
      };
    const toml = parseToml(uncommented(file, start, metadata));
    if (isProblem(toml)) return { problems: [toml] };
    const requires = stringAt(toml.root, 'requires-python');
    const { facts, problems } = requirementsIn(itemsAt(toml.root, 'dependencies'), file);
    return {
      ...(requires ? { requires: certain(requires.value, file.at(requires.span)) } : {}),
      dependencies: certain({ kind: 'script', file: file.path, metadata }, file.at({ from: start, to: start + '# /// script'.length })),
      requirements: facts,
      problems,
    };
  },
});

/** The block as TOML with everything at its place: blanks stand for the rest of the file. */
function uncommented(file: TextFile, start: number, metadata: string): TextFile {
  const lines = metadata.split('\n');
  const inner = lines.map((line, i) => (i === 0 || i === lines.length - 1 ? ' '.repeat(line.length) : line.replace(/^#/, ' ')));
  return textFile(file.path, file.text.slice(0, start).replaceAll(/[^\n]/g, ' ') + inner.join('\n'));
}
