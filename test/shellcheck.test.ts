import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { has, plimsoll, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
let count = 0;

interface Found {
  readonly aliases: readonly string[];
  readonly file: string;
  readonly range: { readonly start: { line: number; column: number }; readonly end: { line: number; column: number } };
}

/** Codes of ShellCheck with the text that each is about. */
async function found(text: string, args: readonly string[] = []): Promise<readonly string[]> {
  const cwd = join(place.folder, `s${(count += 1)}`);
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'Dockerfile'), text);
  const end = await plimsoll(['lint', '--json', ...args], { cwd, env: { XDG_CACHE_HOME: join(cwd, 'cache') } });
  const lines = text.split('\n');
  return (JSON.parse(end.stdout) as { findings: Found[] }).findings
    .filter((f) => f.aliases.some((alias) => alias.startsWith('SC')))
    .map(({ aliases, range: { start, end: last } }) => {
      const about = start.line === last.line ? (lines[start.line - 1] ?? '').slice(start.column - 1, last.column - 1) : '…';
      return `${aliases[0]} ${start.line} ${about}`;
    });
}

describe.skipIf(!has('shellcheck'))('ShellCheck', () => {
  test('is asked about RUN, HEALTHCHECK and heredocs, and its places are those of the Dockerfile', async () => {
    const text = [
      'FROM debian:12',
      'RUN --mount=target=/x echo a && \\',
      '    # a comment',
      '',
      '\\',
      '  if [ é ]; then [ 1 == 2 ]; fi',
      'HEALTHCHECK CMD [ 3 == 4 ]',
      'RUN <<EOF',
      'echo a',
      '[ 5 == 6 ]',
      'EOF',
      'RUN cat <<-EOF | sh && [ 7 == 8 ]',
      '\t[ not read == 9 ]',
      '\tEOF',
      '',
    ].join('\n');
    const about = (await found(text)).filter((line) => line.startsWith('SC3014'));
    expect(about).toEqual(['SC3014 6 ==', 'SC3014 7 ==', 'SC3014 10 ==', 'SC3014 12 ==']);
  });

  test('reads each script in the dialect of its shell, stage by stage', async () => {
    const bash = 'RUN [[ a == b ]]\n';
    expect(await found(`FROM debian:12\n${bash}`)).toContainEqual(expect.stringMatching(/^SC(3010|2039) 2/));
    expect(await found(`FROM debian:12\nSHELL ["/bin/bash", "-c"]\n${bash}`)).not.toContainEqual(expect.stringMatching(/^SC3010/));
    expect(await found(`FROM debian:12 AS a\nSHELL ["/bin/bash", "-c"]\nFROM a\n${bash}`)).not.toContainEqual(
      expect.stringMatching(/^SC3010/),
    );
    expect(await found(`FROM debian:12 AS a\nSHELL ["/bin/bash", "-c"]\nFROM debian:12\n${bash}`)).toContainEqual(
      expect.stringMatching(/^SC3010/),
    );
    expect(await found('FROM debian:12\nRUN <<EOF\n#!/usr/bin/env bash\n[[ a == b ]]\nEOF\n')).not.toContainEqual(
      expect.stringMatching(/^SC3010/),
    );
    expect(await found('FROM debian:12\nRUN <<EOF\n#!/usr/bin/env python3\n[[ a == b ]\nEOF\n')).toEqual([]);
    expect(await found(`FROM debian:12\n# hadolint shell=bash\n${bash}`)).not.toContainEqual(expect.stringMatching(/^SC3010/));
    // Where `sh` is bash or BusyBox, `[[` is known.
    expect(await found(`FROM alpine:3.20\n${bash}`)).not.toContainEqual(expect.stringMatching(/^SC3010/));
    expect(await found(`FROM alpine:3.20\n${bash}`, ['--preset', 'hadolint'])).toContainEqual(expect.stringMatching(/^SC(3010|2039) 2/));
    expect(await found('FROM debian:12\nSHELL ["powershell"]\nRUN if ( 1 -eq 2 ) { $x ==3 }\n')).toEqual([]);
  });

  test('knows the variables of ENV and ARG', async () => {
    const code = 'SC2154';
    expect(await found('FROM alpine\nRUN echo "$version"\n')).toContainEqual(expect.stringMatching(code));
    expect(await found('FROM alpine\nENV version=1\nRUN echo "$version"\n')).not.toContainEqual(expect.stringMatching(code));
    expect(await found('FROM alpine\nARG version\nRUN echo "$version"\n')).not.toContainEqual(expect.stringMatching(code));
    expect(await found('FROM alpine\nENV PATH=/x UID=1\nRUN echo "$PATH"\n')).toEqual([]);
  });

  test('is ignored where a comment says so', async () => {
    expect(await found('FROM debian:12\n# hadolint ignore=SC3014\nRUN [ "$a" == 2 ]\n')).not.toContainEqual(
      expect.stringMatching('SC3014'),
    );
    expect(await found('FROM debian:12\n# plimsoll ignore=SC3014 busybox knows it\nRUN [ "$a" == 2 ]\n')).not.toContainEqual(
      expect.stringMatching('SC3014'),
    );
  });

  test('remembers what it said of a script', async () => {
    const cwd = join(place.folder, 'warm');
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'Dockerfile'), 'FROM debian:12\nRUN [ 1 == 2 ]\n');
    const env = { XDG_CACHE_HOME: join(cwd, 'cache') };
    const cold = await plimsoll(['lint', '--json'], { cwd, env });
    expect(cold.stdout).toContain('SC3014');
    expect(readdirSync(join(cwd, 'cache'), { recursive: true, encoding: 'utf8' }).filter((name) => /shellcheck-/.test(name)).length).toBe(
      1,
    );
    expect((await plimsoll(['lint', '--json'], { cwd, env })).stdout).toBe(cold.stdout);
  });
});

test('without ShellCheck that is said once, with the way to get it', async () => {
  const cwd = join(place.folder, 'without');
  mkdirSync(cwd);
  for (const name of ['a.Dockerfile', 'b.Dockerfile']) writeFileSync(join(cwd, name), 'FROM alpine\nRUN echo $x\n');
  const end = await plimsoll(['lint'], { cwd, env: { PATH: cwd } });
  expect(end.stderr).toMatch(/^note: ShellCheck is not installed.*`apt install shellcheck`[^\n]*\n$/);
  expect((await plimsoll(['lint', '--no-shellcheck'], { cwd, env: { PATH: cwd } })).stderr).toBe('');
});
