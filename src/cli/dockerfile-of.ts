import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/index.ts';
import type { Image } from '../image/index.ts';
import type { DockerfileText } from '../prove/index.ts';
import { isOfDirectEngine } from './made-by.ts';
import { readHadolintFile, readInput } from './lint-files.ts';

/**
 * The Dockerfile of a service's folder, where it may have made the image: not one that the direct engine made. What is
 * shipped is judged so, wherever in the repository the folder lies.
 */
export async function dockerfileOf(image: Image, root: string): Promise<DockerfileText | undefined> {
  const path = join(root, 'Dockerfile');
  if (!existsSync(path) || (await isOfDirectEngine(image))) return undefined;
  const { text, ignore, contexts } = readInput(path);
  return { path: 'Dockerfile', text, options: { path: 'Dockerfile', ignore, contexts, hadolint: await hadolintOf(root) } };
}

/** What a .hadolint.yaml beside it says. Throws UserError with the line that is wrong. */
async function hadolintOf(root: string) {
  const named = ['.hadolint.yaml', '.hadolint.yml'].map((name) => join(root, name)).find((path) => existsSync(path));
  const found = named === undefined ? undefined : await readHadolintFile(named);
  if (found === undefined) return undefined;
  const { readHadolintConfig } = await import('../lint/index.ts');
  const { config, problem } = await readHadolintConfig(found.text);
  if (problem !== undefined) throw new UserError(problem.message, problem.hint, { file: found.path, line: problem.line });
  return config;
}
