import { certain } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Repository } from '../../repository.ts';
import { trimmed } from '../../text.ts';
import type { ManifestFacts } from './manifest.ts';

export const pythonVersion = reader({
  id: 'python/manifests/python-version',
  about: 'The interpreter that .python-version asks for; the first line that is a version.',
  source: "pyenv's README, “.python-version”; uv's manual, “Python version files”",
  reads: ['.python-version'],
  async read(repository: Repository): Promise<ManifestFacts> {
    const file = await repository.text('.python-version');
    for (const line of file?.lines() ?? []) {
      // uv writes `cpython-3.12` too.
      const version = /^(?:c?python-?|cpython@)?(\d+\.\d+(?:\.\d+)?)$/.exec(line.text.trim())?.[1];
      if (file && version !== undefined) return { interpreter: certain(version, file.at(trimmed(file.text, line))) };
    }
    return {};
  },
});
