import { certain, type Fact } from '../../base/index.ts';
import { reader } from '../reader.ts';
import type { Repository } from '../repository.ts';
import { trimmed } from '../text.ts';
import type { SharedFacts } from './shared.ts';

export const translations = reader({
  id: 'shared/translations',
  about: 'Translations that gettext compiles before a program can read them.',
  source: 'GNU gettext manual, “Files Conveying Translations”',
  reads: ['**/LC_MESSAGES/*.po'],
  async read(repository: Repository): Promise<SharedFacts> {
    const paths = repository.paths.filter((path) => /\/LC_MESSAGES\/[^/]+\.po$/.test(path) && !path.includes('site-packages/'));
    const fact = await factOf(paths, repository);
    return fact ? { translations: fact } : {};
  },
});

/** Shown by the first line of the first file that has one. */
async function factOf(paths: readonly string[], repository: Repository): Promise<Fact<readonly string[]> | undefined> {
  for (const path of paths) {
    const file = await repository.text(path);
    const line = file?.lines().find((each) => each.text.trim() !== '');
    if (file && line) return certain(paths, file.at(trimmed(file.text, line)));
  }
  return undefined;
}
