import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('../src', import.meta.url));

/** docs/design.md, "The rooms": what each room may import besides itself and base. Types of any room below count as imports too. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  cli: [
    'report',
    'prove',
    'scan',
    'inspect',
    'build',
    'run',
    'sbom',
    'write',
    'pin',
    'lint',
    'plan',
    'service',
    'image',
    'dockerfile',
    'config',
  ],
  report: ['prove', 'scan', 'inspect', 'build', 'run', 'lint', 'plan', 'service', 'image'],
  prove: ['scan', 'run', 'inspect', 'sbom', 'image', 'lint', 'plan', 'service'],
  inspect: ['image', 'dockerfile'],
  build: ['run', 'write', 'image', 'plan', 'dockerfile'],
  run: ['image'],
  sbom: ['image'],
  write: ['dockerfile', 'plan'],
  lint: ['dockerfile', 'service'],
  pin: ['dockerfile'],
  plan: ['service', 'config'],
  service: ['config'],
  scan: ['image', 'config'],
  image: [],
  dockerfile: [],
  config: [],
  base: [],
};
/** These run in a browser and in an editor as they are. */
const WITHOUT_NODE = ['plan', 'config', 'write', 'pin', 'lint', 'dockerfile', 'service', 'report'];

interface Import {
  readonly file: string;
  readonly room: string;
  /** Path below src, or a package. */
  readonly target: string;
}

const imports: Import[] = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/\.(test|testing|sabotage|test-support)\.ts$/.test(file) && !file.endsWith('.d.ts'))
  .flatMap((file) => {
    const text = readFileSync(join(source, file), 'utf8');
    const found = [...text.matchAll(/^(?:import|export)\b[^'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)];
    return found.map((m) => {
      const name = m[1] ?? m[2] ?? m[3] ?? '';
      return { file, room: file.split('/')[0] ?? '', target: name.startsWith('.') ? normalize(join(dirname(file), name)) : name };
    });
  });

const crossing = imports.filter((i) => /^[a-z]+\//.test(i.target) && i.target.endsWith('.ts') && i.target.split('/')[0] !== i.room);

describe('the rooms', () => {
  test('are those of the table', () => {
    expect([...new Set(imports.map((i) => i.room))].filter((room) => !(room in MAY_IMPORT))).toEqual([]);
    expect(imports.length).toBeGreaterThan(100);
  });

  test('import downwards only', () => {
    const wrong = crossing.filter((i) => !['base', ...(MAY_IMPORT[i.room] ?? [])].includes(i.target.split('/')[0] ?? ''));
    expect(wrong.map((i) => `${i.file} imports ${i.target}`)).toEqual([]);
  });

  test('are entered by their doors', () => {
    // The entry point loads nothing heavy: it names the one file it needs.
    const doors = (i: Import): boolean => /^[a-z]+\/(index|node)\.ts$/.test(i.target) || i.file === 'cli/main.ts';
    const wrong = crossing.filter((i) => !doors(i));
    expect(wrong.map((i) => `${i.file} imports ${i.target}`)).toEqual([]);
  });

  test('that promise it do without Node', () => {
    const wrong = imports.filter((i) => WITHOUT_NODE.includes(i.room) && (i.target.startsWith('node:') || i.target === 'base/node.ts'));
    expect(wrong.map((i) => `${i.file} imports ${i.target}`)).toEqual([]);
  });

  test('have no default exports', () => {
    const wrong = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (f) => f.endsWith('.ts') && /^export default/m.test(readFileSync(join(source, f), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });
});
