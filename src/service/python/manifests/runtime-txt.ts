import { certain } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Repository } from '../../repository.ts';
import { trimmed } from '../../text.ts';
import type { ManifestFacts } from './manifest.ts';

export const runtimeTxt = reader({
  id: 'python/manifests/runtime-txt',
  about: 'The interpreter that runtime.txt asks for.',
  source: 'Heroku Dev Center, “Specifying a Python version”',
  reads: ['runtime.txt'],
  async read(repository: Repository): Promise<ManifestFacts> {
    const file = await repository.text('runtime.txt');
    const line = file?.lines().find((l) => l.text.trim() !== '');
    const version = line && /^python-(\d+\.\d+(?:\.\d+)?)$/.exec(line.text.trim())?.[1];
    return file && line && version !== undefined ? { interpreter: certain(version, file.at(trimmed(file.text, line))) } : {};
  },
});
