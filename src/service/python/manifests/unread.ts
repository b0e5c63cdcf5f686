import { reader } from '../../reader.ts';
import type { Repository } from '../../repository.ts';
import type { ManifestFacts } from './manifest.ts';

/** What each needs in place of being read, and the command that makes it. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  Pipfile: 'run `pipenv lock`: Pipfile.lock is read',
  'environment.yml': 'list what pip can install in requirements.txt',
};

/** What other readers read. */
const READ = new Set(['pyproject.toml', 'pylock.toml', 'Pipfile.lock']);

export const unread = reader({
  id: 'python/manifests/unread',
  about: 'Manifests that are not read, when nothing else says what the service needs.',
  source: 'pipenv and conda: their manuals',
  reads: Object.keys(WAYS_OUT),
  async read(repository: Repository): Promise<ManifestFacts> {
    const isReadable = (path: string): boolean => READ.has(path) || /(^|\/)requirements([-./].*)?\.txt$/.test(path);
    if (repository.paths.some(isReadable)) return {};
    const problems = Object.entries(WAYS_OUT).flatMap(([path, hint]) =>
      repository.has(path) ? [{ at: { file: path }, what: 'dependencies that may stand here were not read', hint }] : [],
    );
    return { problems };
  },
});
