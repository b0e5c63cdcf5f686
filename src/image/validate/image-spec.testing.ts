import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'node_modules/.cache/plimsoll/image-spec-oracle');
const hasGo = ((): boolean => {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Why image-spec's schemas and go-containerregistry cannot be asked here; undefined when they can. */
export const whyNoImageSpec: string | undefined = hasGo ? undefined : 'no Go toolchain';

/** A document with its media type, or the folder of a layout. */
export type Question = { readonly kind: string; readonly document: unknown } | { readonly kind: 'layout'; readonly folder: string };

/** What image-spec's own schemas find wrong with documents, and go-containerregistry's `validate` with layouts (conformance/image-spec); empty where nothing. */
export function askImageSpec(questions: readonly Question[]): readonly string[] {
  const fresh = `${program}.${process.pid}`;
  mkdirSync(join(root, 'node_modules/.cache/plimsoll'), { recursive: true });
  execFileSync('go', ['build', '-o', fresh, '.'], { cwd: join(root, 'conformance/image-spec'), stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(fresh, program);
  const input = questions.map((each) => ({
    kind: each.kind,
    text: 'folder' in each ? each.folder : Buffer.from(JSON.stringify(each.document)).toString('base64'),
  }));
  return JSON.parse(execFileSync(program, { input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 1 << 28 })) as readonly string[];
}
