import { certain } from '../../../base/index.ts';
import { reader } from '../../reader.ts';
import type { Repository } from '../../repository.ts';
import { trimmed } from '../../text.ts';
import type { ManifestFacts } from './manifest.ts';

export const toolVersions = reader({
  id: 'python/manifests/tool-versions',
  about: 'The interpreter that .tool-versions asks for; the first version of its `python` line.',
  source: "asdf's manual, “.tool-versions”",
  reads: ['.tool-versions'],
  async read(repository: Repository): Promise<ManifestFacts> {
    const file = await repository.text('.tool-versions');
    for (const line of file?.lines() ?? []) {
      const [tool, version = ''] = line.text.trim().split(/\s+/);
      if (file && tool === 'python' && /^\d+\.\d+(\.\d+)?$/.test(version))
        return { interpreter: certain(version, file.at(trimmed(file.text, line))) };
    }
    return {};
  },
});
