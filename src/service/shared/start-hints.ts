import { likely, type Fact } from '../../base/index.ts';
import { reader } from '../reader.ts';
import type { Repository } from '../repository.ts';
import { trimmed, type Line, type TextFile } from '../text.ts';
import type { SharedFacts } from './shared.ts';
import { startsService, startWords } from './start-words.ts';

/** Makefile targets that start a service; best first. */
const TARGETS = ['start', 'serve', 'run', 'server', 'web', 'up', 'worker', 'prod', 'production'];
const READMES = /^README(\.(md|rst|txt))?$/i;

export const startHints = reader({
  id: 'shared/start-hints',
  about: 'How the Makefile or the README starts the service: believed only where the source leaves it open.',
  source: 'GNU make’s manual, “Rules”; CommonMark, “Code blocks”',
  reads: ['Makefile', 'README*'],
  async read(repository: Repository): Promise<SharedFacts> {
    const makefile = await repository.text('Makefile');
    const readme = await repository.text(repository.paths.find((p) => READMES.test(p)) ?? 'README.md');
    const hint = (makefile && inMakefile(makefile)) ?? (readme && inReadme(readme));
    return hint ? { hint } : {};
  },
});

function inMakefile(file: TextFile): Fact<readonly string[]> | undefined {
  const lines = file.lines();
  for (const target of TARGETS) {
    const at = lines.findIndex((line) => line.text.startsWith(`${target}:`));
    if (at < 0) continue;
    const recipe = lines.slice(at + 1);
    const end = recipe.findIndex((line) => !line.text.startsWith('\t'));
    const found = startIn(file, end < 0 ? recipe : recipe.slice(0, end), /^\t[@-]*/);
    if (found) return found;
  }
  return undefined;
}

/** Lines of code blocks, indented or fenced, with or without a prompt. */
function inReadme(file: TextFile): Fact<readonly string[]> | undefined {
  let fenced = false;
  const code = file.lines().filter((line) => {
    const isFence = /^\s*(```|~~~)/.test(line.text);
    if (isFence) fenced = !fenced;
    return !isFence && (fenced || /^(    |\t)/.test(line.text));
  });
  return startIn(file, code, /^\s*(\$ )?/);
}

function startIn(file: TextFile, lines: readonly Line[], prefix: RegExp): Fact<readonly string[]> | undefined {
  for (const line of lines) {
    const words = startWords(line.text.replace(prefix, ''));
    if (words && startsService(words)) return likely(words, file.at(trimmed(file.text, line)));
  }
  return undefined;
}
