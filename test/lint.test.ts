import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import vm from 'node:vm';
import { afterAll, describe, expect, test } from 'vitest';
import { bin, plimsoll, root, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
let count = 0;

function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(place.folder, `f${(count += 1)}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

const untidy = 'FROM alpine AS Build\nENV A b c\nCMD python app.py\n';

describe('plimsoll lint', () => {
  test('searches folders, and leaves other people’s alone', async () => {
    const cwd = folder({
      Dockerfile: untidy,
      'web/api.Dockerfile': untidy,
      'x/Containerfile.dev': untidy,
      'node_modules/a/Dockerfile': untidy,
      'Dockerfile.md': '',
    });
    const end = await plimsoll(['lint', '--preset', 'buildkit', '--json'], { cwd });
    const { findings } = JSON.parse(end.stdout) as { findings: { file: string }[] };
    expect([...new Set(findings.map((f) => f.file))].toSorted()).toEqual(['Dockerfile', 'web/api.Dockerfile', 'x/Containerfile.dev']);
    expect(end.code).toBe(1);
  });

  test('exits as `--fail-on` says', async () => {
    const cwd = folder({ Dockerfile: 'FROM alpine AS Build\n' });
    const code = async (...args: string[]): Promise<number | null> =>
      (await plimsoll(['lint', '--preset', 'buildkit', ...args], { cwd })).code;
    expect(await code()).toBe(0);
    expect(await code('--fail-on', 'style')).toBe(1);
    expect(await code('--fail-on', 'none')).toBe(0);
  });

  test('`--diff` shows what `--fix` then does, and `--unsafe` more of it', async () => {
    const cwd = folder({ Dockerfile: untidy });
    const file = join(cwd, 'Dockerfile');
    const diff = await plimsoll(['lint', '--diff', '--preset', 'buildkit'], { cwd });
    expect(diff.stdout).toContain('+ENV A="b c"\n');
    expect(readFileSync(file, 'utf8')).toBe(untidy);
    await plimsoll(['lint', '--fix', '--preset', 'buildkit'], { cwd });
    expect(readFileSync(file, 'utf8')).toBe('FROM alpine AS build\nENV A="b c"\nCMD python app.py\n');
    expect((await plimsoll(['lint', '--fix', '--unsafe', '--preset', 'buildkit'], { cwd })).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('CMD ["python", "app.py"]');
  });

  test('reads standard input, and mends it to standard output', () => {
    const end = spawnSync(process.execPath, [bin, 'lint', '-', '--fix', '--preset', 'buildkit'], { input: untidy, encoding: 'utf8' });
    expect(end.stdout).toBe('FROM alpine AS build\nENV A="b c"\nCMD python app.py\n');
    expect(end.stderr).toContain('json-args-recommended');
  });

  test('says the same of many files, which several threads judge, as of each few of them', async () => {
    const texts = [untidy, 'FROM debian:8\nRUN curl http://a.io | sh\n', 'FROM alpine\nBROKEN\n', 'FROM scratch\nCOPY a /\n'];
    const names = Array.from({ length: 90 }, (_, i) => `${i}/Dockerfile`);
    const cwd = folder(Object.fromEntries(names.map((name, i) => [name, texts[(i * i) % texts.length] ?? ''])));
    type Report = Readonly<Record<'findings' | 'parseErrors', readonly unknown[]>>;
    const reportOn = async (files: readonly string[]): Promise<Report> =>
      JSON.parse((await plimsoll(['lint', '--no-shellcheck', '--json', ...files], { cwd })).stdout) as Report;
    const all = await reportOn(names);
    const parts = [await reportOn(names.slice(0, 30)), await reportOn(names.slice(30, 60)), await reportOn(names.slice(60))];
    expect(all.findings.length).toBeGreaterThan(90);
    expect(all.findings).toEqual(parts.flatMap(({ findings }) => findings));
    expect(all.parseErrors).toEqual(parts.flatMap(({ parseErrors }) => parseErrors));
    const unreadable = await plimsoll(['lint', '--no-shellcheck', ...names, '/proc/self/mem'], { cwd });
    expect([unreadable.code, unreadable.stderr]).toEqual([
      2,
      expect.stringMatching(/^error: `\/proc\/self\/mem` cannot be read: EIO\nhint: /),
    ]);
  });

  test('what a file is for is told by its path in the repository, wherever it is judged from', async () => {
    const cwd = folder({
      'ci/repository/.git/HEAD': '',
      'ci/repository/Dockerfile': 'FROM scratch\n',
      'ci/repository/examples/a/Dockerfile': 'FROM scratch\n',
    });
    const forDevelopment = async (from: string, ...names: string[]): Promise<unknown> =>
      (JSON.parse((await plimsoll(['lint', '--json', ...names], { cwd: join(cwd, from) })).stdout) as { forDevelopment: unknown })
        .forDevelopment;
    expect(await forDevelopment('', 'ci')).toEqual([{ file: 'ci/repository/examples/a/Dockerfile', saidBy: 'path' }]);
    expect(await forDevelopment('ci/repository/examples/a')).toEqual([{ file: 'Dockerfile', saidBy: 'path' }]);
  });

  test('what a .dockerignore leaves out is not copied', async () => {
    const cwd = folder({ Dockerfile: 'FROM alpine\nCOPY dist /srv/\n', '.dockerignore': 'dist\n' });
    expect((await plimsoll(['lint'], { cwd })).stdout).toContain('Dockerfile:2:6 error copy-ignored-file (CopyIgnoredFile)');
  });

  test('a file that cannot be built is exit 2, with the place and a way out', async () => {
    const cwd = folder({ Dockerfile: 'FROM alpine\nRUN <<EOF\necho\n' });
    const end = await plimsoll(['lint'], { cwd });
    expect([end.code, end.stdout.split('\n')[0]]).toEqual([2, 'Dockerfile:2:1 cannot be built']);
    expect(end.stdout).toContain('hint: write `EOF` alone on the line after its last one');
  });

  test.each([
    [['lint', 'nowhere'], 'error: there is no file `nowhere`'],
    [['lint', '.'], 'error: there is no Dockerfile in .'],
    [['lint', '--only', 'UndefinedVr', '-'], 'error: no rule is called `UndefinedVr`\nhint: did you mean `UndefinedVar`?'],
    [['lint', '-', '--online'], 'error: `--online` asks for versions that a fix names, and nothing is to be fixed\nhint: add `--fix`'],
    [['lint', '--preset', 'x'], "error: option '--preset <name>' argument 'x' is invalid"],
  ])('%j is refused', async (args, message) => {
    const end = await plimsoll(args, { cwd: folder({ a: '' }) });
    expect([end.code, end.stderr.slice(0, message.length)]).toEqual([2, message]);
  });

  test('a file without FROM is judged as the fragment it is, and a base that a build argument names is no error', async () => {
    const insecure = 'RUN curl -fk https://files.acme.dev/a -o /a\n';
    const cwd = folder({ Dockerfile: insecure, 'b.Dockerfile': `ARG BASE\nFROM \${BASE}\n${insecure}` });
    const end = await plimsoll(['lint', 'Dockerfile'], { cwd });
    expect([end.code, end.stdout.split('\n')[0]]).toEqual([1, 'Dockerfile has no FROM: it was judged as part of a stage']);
    expect(end.stdout).toContain('verification-off');
    const other = await plimsoll(['lint', 'b.Dockerfile', '--json'], { cwd });
    expect(JSON.parse(other.stdout)).toMatchObject({
      parseErrors: [],
      findings: [{ rule: 'verification-off' }],
    });
  });

  test('.hadolint.yaml is read as it is', async () => {
    const cwd = folder({
      Dockerfile: 'FROM debian\nRUN sudo true\n',
      '.hadolint.yaml': 'ignored: [DL3006]\noverride:\n  style: [DL3004]\nfailure-threshold: warning\n',
    });
    const end = await plimsoll(['lint', '--preset', 'hadolint', '--no-shellcheck', '--format', 'hadolint-json'], { cwd });
    const rows = JSON.parse(end.stdout) as { code: string; level: string }[];
    expect(rows.filter((row) => ['DL3004', 'DL3006'].includes(row.code)).map((row) => [row.code, row.level])).toEqual([
      ['DL3004', 'style'],
    ]);
    expect(end.code).toBe(rows.some((row) => row.level === 'error' || row.level === 'warning') ? 1 : 0);
    writeFileSync(join(cwd, '.hadolint.yaml'), 'ignored: [DL3006]\nfailure-threshold: never\n');
    const wrong = await plimsoll(['lint'], { cwd });
    expect([wrong.code, wrong.stderr.split('\n')[0]]).toEqual([2, 'error: .hadolint.yaml:2: `failure-threshold` is no severity']);
  });

  test('explains a rule by any of its names', async () => {
    const pages = await Promise.all(['undefined-var', 'UndefinedVar'].map((name) => plimsoll(['explain', name])));
    expect(pages[0]?.stdout).toMatch(/^# undefined-var\n\n\*\*Variables are set before they are used\.\*\*/);
    expect(pages[1]?.stdout).toBe(pages[0]?.stdout);
  });
});

describe('`--online`', () => {
  const text =
    'FROM python:3.9-slim\nRUN pip install "flask[async]" gunicorn==23.0.0\nRUN npm install -g pm2 @scope/tool@latest\n' +
    'RUN go install example.org/tool/cmd/tool@latest\n';
  /** Clients that write down what they are asked, and answer as the true ones do. */
  const clients = {
    python3: '[ "$6" = 3.9 ] || exit 9\necho "flask (3.0.3)"\necho "Available versions: 3.0.3, 3.0.2"',
    npm: 'case $3 in pm2) echo \'"6.0.1"\';; @scope/tool) echo \'"1.2.3-rc.1"\';; esac',
    go: 'echo\necho v1.4.0',
  };
  function withClients(programs: Readonly<Record<string, string>>): { readonly cwd: string; readonly env: Record<string, string> } {
    const cwd = folder({ Dockerfile: text });
    const path = folder({});
    mkdirSync(path, { recursive: true });
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(path, name), `#!/bin/sh\necho "${name} $*" >> '${cwd}/asked'\n${script}\n`);
      chmodSync(join(path, name), 0o755);
    }
    return { cwd, env: { PATH: path } };
  }

  test('names the newest versions, of the Python that the base image has', async () => {
    const place = withClients(clients);
    const end = await plimsoll(['lint', '--fix', '--online'], place);
    expect(readFileSync(join(place.cwd, 'Dockerfile'), 'utf8')).toBe(
      'FROM python:3.9-slim\nRUN pip install "flask[async]==3.0.3" gunicorn==23.0.0\nRUN npm install -g pm2@6.0.1 @scope/tool@1.2.3-rc.1\n' +
        'RUN go install example.org/tool/cmd/tool@v1.4.0\n',
    );
    expect(end.stdout).not.toContain('install-pinned-version');
    expect(end.stderr).toContain('Dockerfile: 3 mended');
    expect(readFileSync(join(place.cwd, 'asked'), 'utf8').split('\n').filter(Boolean).toSorted()).toEqual([
      'go list -m -e -f {{if not .Error}}{{.Version}}{{end}} example.org/tool/cmd/tool@latest example.org/tool/cmd@latest example.org/tool@latest',
      'npm view --json @scope/tool version',
      'npm view --json pm2 version',
      'python3 -m pip index versions --python-version 3.9 flask',
    ]);
  });

  test('nobody is asked without it', async () => {
    const place = withClients(clients);
    const end = await plimsoll(['lint', '--diff', '--unsafe'], place);
    expect([end.stdout, existsSync(join(place.cwd, 'asked'))]).toEqual(['', false]);
  });

  test('what is not answered is said once, with the reason', async () => {
    const place = withClients({ npm: 'echo "npm error code ECONNREFUSED" >&2\necho "npm error connect ECONNREFUSED" >&2\nexit 1' });
    const end = await plimsoll(['lint', '--diff', '--online'], place);
    expect(end.stdout).toBe('');
    expect(
      end.stderr
        .split('\n')
        .filter((line) => line.startsWith('note: no version'))
        .toSorted(),
    ).toEqual([
      'note: no version is known of the Go modules `example.org/tool/cmd/tool`: `go` is not installed; write `NAME@VERSION` by hand',
      'note: no version is known of the Python packages `flask`: `python3` is not installed; write `NAME==VERSION` by hand',
      'note: no version is known of the npm packages `@scope/tool`, `pm2`: connect ECONNREFUSED; write `NAME@VERSION` by hand',
    ]);
  });

  test('a version that a shell would read otherwise is not written', async () => {
    const place = withClients({ ...clients, npm: 'echo \'"1.0;id"\'' });
    expect((await plimsoll(['lint', '--diff', '--online', '--only', 'DL3016'], place)).stdout).toBe('');
  });

  test('whose versions belong to the base image is said', async () => {
    const cwd = folder({ Dockerfile: 'FROM alpine:3.20\nRUN apk add --no-cache curl\nRUN pip install black\n' });
    const end = await plimsoll(['lint', '--diff', '--online', '--preset', 'hadolint'], { cwd });
    expect(end.stderr).toContain('apk is not asked for versions: `apk policy NAME` in the base image, which decides on them, names them');
    expect(end.stderr).toContain('the Python packages `black`: the base image does not say which Python it has');
  });
});

describe('bad input ends soon, with a place', () => {
  const long = 'x'.repeat(70_000);
  test.each<readonly [string, string | Uint8Array]>([
    ['a binary file', readFileSync(process.execPath).subarray(0, 5_000_000)],
    ['a file of 50 MB', `FROM alpine\n${`RUN echo ${'y'.repeat(990)}\n`.repeat(50_000)}`],
    ['100,000 continuation lines', `FROM alpine\nRUN a ${'\\\n b '.repeat(100_000)}\n`],
    ['100,000 empty continuation lines', `FROM alpine\nRUN a \\\n${'\n'.repeat(100_000)} b\n`],
    ['a line longer than BuildKit reads', `FROM alpine\nRUN ${long}\n`],
    ['a heredoc without an end', `FROM alpine\nRUN <<EOF\n${'echo\n'.repeat(200_000)}`],
    ['bytes that are no UTF-8', Uint8Array.from([...new TextEncoder().encode('FROM alpine\nENV A='), 0xff, 0xfe, 0x0a])],
    ['NUL bytes', `FROM alpine\nENV A=${'\0'.repeat(50_000)}\n`],
    ['stages in a circle', 'FROM a AS x\nCOPY --from=y a b\nFROM a AS y\nCOPY --from=x a b\n'],
    [
      '10,000 stages, each on the one before',
      `FROM alpine AS s0\n${Array.from({ length: 10_000 }, (_, i) => `FROM s${i} AS s${i + 1}\n`).join('')}`,
    ],
    ['ONBUILD in ONBUILD, 5,000 deep', `FROM alpine\n${'ONBUILD '.repeat(5_000)}RUN a\n`],
    ['braces 200,000 deep', `FROM alpine\nENV A=${'${a:-${a:-${a:-${a:-\\\n'.repeat(50_000)}${'}'.repeat(40_000)}\n`],
    ['a JSON list 20,000 deep', `FROM alpine\nCMD ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`],
    ['20,000 heredocs', `FROM alpine\nRUN ${'<<E '.repeat(15_000)}\n`],
  ])('%s', async (_, content) => {
    const cwd = folder({ Dockerfile: content });
    const end = await plimsoll(['lint', '--json', '--preset', 'buildkit'], { cwd });
    expect(end.stderr).toBe('');
    expect([0, 1, 2]).toContain(end.code);
    const { parseErrors } = JSON.parse(end.stdout) as { parseErrors: { line: number; message: string }[] };
    expect(end.code === 2).toBe(parseErrors.length > 0);
    if (end.code === 2) expect(parseErrors[0]?.message).not.toBe('');
  });
});

describe('plimsoll/dockerfile', () => {
  test('runs where there is no Node', () => {
    const code = readFileSync(join(root, 'dist/dockerfile.js'), 'utf8');
    expect(code).not.toMatch(/\bnode:|\brequire\(|\bprocess\b|\bBuffer\b/);
    // A module as a script: what it exports becomes what the script returns.
    const exported = /export\s*\{([^}]*)\}/.exec(code)?.[1] ?? '';
    const names = exported
      .split(',')
      .map((part) => part.trim().split(/\s+as\s+/))
      .map(([local = '', name = local]) => `${name}: ${local}`);
    const script = `${code.replace(/export\s*\{[^}]*\};?/, '')};({${names.join(',')}})`;
    const context = vm.createContext({ TextEncoder, TextDecoder, URL, URLSearchParams });
    const api = vm.runInContext(script, context) as typeof import('../src/dockerfile/entry.ts');
    const { instructions, problems } = api.parse('FROM alpine AS base\nRUN <<EOF\necho hello\nEOF\n');
    expect(instructions.map((i) => i.name)).toEqual(['FROM', 'RUN']);
    expect(problems.length).toBe(0);
    expect(api.evaluate(api.parse('FROM alpine\nENV A=$B\n')).steps[0]?.expanded[0]?.undefinedNames[0]).toBe('B');
  });

  test('has its types beside it, which the compiler takes', () => {
    const cwd = folder({
      'package.json': '{"type":"module"}',
      'a.ts':
        "import { parse } from 'plimsoll/dockerfile';\nexport const names: readonly string[] = parse('FROM a').instructions.map((i) => i.name);\n",
      'b.ts': "import { parse } from 'plimsoll/dockerfile';\nexport const wrong: number = parse('FROM a').instructions[0].name;\n",
    });
    mkdirSync(join(cwd, 'node_modules'));
    symlinkSync(root, join(cwd, 'node_modules/plimsoll'));
    const compile = (file: string): string =>
      spawnSync(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '--module', 'nodenext', '--lib', 'es2023', '--types', '', file], {
        cwd,
        encoding: 'utf8',
      }).stdout;
    expect(compile('a.ts')).toBe('');
    expect(compile('b.ts')).toContain("Type 'string' is not assignable to type 'number'");
  });
});
