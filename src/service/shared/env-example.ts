import { reader } from '../reader.ts';
import type { Repository } from '../repository.ts';
import { trimmed } from '../text.ts';
import type { ExampleValue } from '../types.ts';
import type { SharedFacts } from './shared.ts';

const NAMES = ['.env.example', '.env.sample', '.env.template', '.env.dist', 'env.example', 'example.env', '.env.defaults'];

export const envExample = reader({
  id: 'shared/env-example',
  about: 'Example values for variables. A real .env is never read.',
  source: "python-dotenv's README, “File format”",
  reads: NAMES,
  async read(repository: Repository): Promise<SharedFacts> {
    const path = NAMES.find((n) => repository.has(n));
    const file = path === undefined ? undefined : await repository.text(path);
    if (!file) return {};
    const examples = file.lines().flatMap((line): ExampleValue[] => {
      const found = assignment(line.text);
      return found ? [{ ...found, at: file.at(trimmed(file.text, line)) }] : [];
    });
    return { examples };
  },
});

/** `export NAME = "value" # comment`. */
function assignment(line: string): { name: string; value: string } | undefined {
  const equals = line.indexOf('=');
  const name = line
    .slice(0, Math.max(equals, 0))
    .trim()
    .replace(/^export\s+/, '');
  if (!/^[A-Za-z_]\w*$/.test(name)) return undefined;
  const rest = line.slice(equals + 1).trim();
  const quote = rest[0];
  if (quote === '"' || quote === "'") {
    const end = rest.indexOf(quote, 1);
    return { name, value: end < 0 ? rest.slice(1) : rest.slice(1, end) };
  }
  const comment = rest.search(/(^|\s)#/);
  return { name, value: (comment < 0 ? rest : rest.slice(0, comment)).trim() };
}
