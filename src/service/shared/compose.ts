import { reader } from '../reader.ts';
import type { Repository } from '../repository.ts';
import type { SharedFacts } from './shared.ts';

const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

export const compose = reader({
  id: 'shared/compose',
  about: 'The start command, port, example values and companions of the service that a compose file builds from this folder.',
  source: 'Compose Specification, “services”',
  reads: NAMES,
  async read(repository: Repository): Promise<SharedFacts> {
    const path = NAMES.find((n) => repository.has(n));
    const file = path === undefined ? undefined : await repository.text(path);
    if (!file) return {};
    const text = `${file.path}\n${file.text}`; // what is made of it names the file
    const known = file.memo.recall<SharedFacts>('compose', text);
    if (known) return known;
    const { readCompose } = await import('./compose-document.ts'); // the YAML parser is loaded only where there is something to read
    const made = readCompose(file);
    file.memo.remember('compose', text, made);
    return made;
  },
});
