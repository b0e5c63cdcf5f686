import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync, chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { has, isRoot, plimsoll, root, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
let cwd = '';
let count = 0;
beforeEach(() => {
  chmodSync(place.folder, 0o755); // for tests as another user
  cwd = join(place.folder, String((count += 1)));
  cpSync(join(root, 'fixtures/python-fastapi/service'), cwd, { recursive: true });
});

const text = (name: string): string => readFileSync(join(cwd, name), 'utf8');
const write = (name: string, content: string): void => writeFileSync(join(cwd, name), content);
const init = (...args: string[]) => plimsoll(['init', ...args], { cwd });
/** Every file at the top, with its text. */
const all = (): Record<string, string> =>
  Object.fromEntries(readdirSync(cwd, { withFileTypes: true }).flatMap((e) => (e.isFile() ? [[e.name, text(e.name)]] : [])));

describe('plimsoll init', () => {
  test('writes files that the linter has nothing to say of, and writes them once', async () => {
    const end = await init();
    expect([end.code, end.stderr]).toEqual([0, expect.stringContaining('Dockerfile: written\n.dockerignore: written\n')]);
    expect(await plimsoll(['lint', '--no-shellcheck'], { cwd })).toMatchObject({ code: 0 });
    const before = all();
    expect(await init()).toMatchObject({ code: 0, stderr: expect.stringContaining('Dockerfile: up to date\n') });
    expect(all()).toEqual(before);
  });

  test('keeps each line of a .dockerignore, and adds what is missing', async () => {
    write('.dockerignore', '# ours\n*.sqlite\n.git\n');
    expect(await init()).toMatchObject({ code: 0 });
    const lines = text('.dockerignore').split('\n');
    expect(lines.slice(0, 3)).toEqual(['# ours', '*.sqlite', '.git']);
    expect(lines.filter((line) => line === '.git' || line === '.venv')).toEqual(['.git', '.venv']);
    expect(lines).not.toContain('requirements*.txt');
    expect(await init('--check')).toMatchObject({ code: 0, stderr: 'all files are up to date\n' });
  });

  test('--dry-run prints a change that patch(1) takes, and writes nothing', async () => {
    const end = await init('--dry-run');
    expect(end.code).toBe(0);
    expect(existsSync(join(cwd, 'Dockerfile'))).toBe(false);
    expect(spawnSync('git', ['apply', '--unsafe-paths', '-'], { cwd, input: end.stdout }).status).toBe(0);
    expect(await init('--check')).toMatchObject({ code: 0 });
  });
});

describe('merging', () => {
  test('what a person changed stays when the service changes, and --check knows of both', async () => {
    await init();
    write('Dockerfile', text('Dockerfile').replace('COPY . .\n', 'COPY . .\n# mine\nRUN echo mine\n'));
    expect(await init('--check')).toMatchObject({ code: 0 });
    write('plimsoll.yaml', 'labels:\n  team: blue\n');
    expect(await init('--check')).toMatchObject({ code: 1, stderr: 'Dockerfile: is out of date: run `plimsoll init`\n' });
    expect(await init()).toMatchObject({ code: 0, stderr: expect.stringContaining('Dockerfile: what is new was merged into yours') });
    expect(text('Dockerfile')).toContain('# mine\nRUN echo mine\n');
    expect(text('Dockerfile')).toContain('team="blue"');
    expect(await init('--check')).toMatchObject({ code: 0 });
  });

  test('a conflict is marked and its line said; until it is mended nothing is written', async () => {
    write('plimsoll.yaml', 'port: 8001\n');
    await init();
    write('Dockerfile', text('Dockerfile').replace('EXPOSE 8001', 'EXPOSE 1234'));
    write('plimsoll.yaml', 'port: 8002\n');
    expect(await init('--check')).toMatchObject({ code: 1, stderr: expect.stringContaining('merging makes conflicts') });
    const end = await init();
    const line = text('Dockerfile').split('\n').indexOf('<<<<<<< yours') + 1;
    expect([end.code, line > 0]).toEqual([1, true]);
    expect(end.stderr).toContain(`Dockerfile:${line}: conflict`);
    expect(text('Dockerfile')).toMatch(/<<<<<<< yours\n[^]*EXPOSE 1234\n[^]*=======\n[^]*EXPOSE 8002\n[^]*>>>>>>> plimsoll\n/);
    const before = all();
    expect(await init()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`error: Dockerfile:${line}: a conflict is still open here`),
    });
    expect(all()).toEqual(before);
    const mended = text('Dockerfile').replaceAll(/<<<<<<< yours\n([^]*?)=======\n[^]*?>>>>>>> plimsoll\n/g, '$1');
    write('Dockerfile', mended);
    expect(await init()).toMatchObject({ code: 0 });
    expect(text('Dockerfile')).toBe(mended);
  });

  test('a record that cannot be read, or is gone, is said; nothing is written', async () => {
    await init();
    const record = text('.plimsoll-written.json');
    write('Dockerfile', `${text('Dockerfile')}# mine\n`);
    for (const [broken, says] of [
      ['<<<<<<< HEAD\n', 'error: .plimsoll-written.json: what was written before cannot be read: it is no JSON'],
      [record.replace('written/1', 'written/9'), 'error: .plimsoll-written.json: `plimsoll/written/9` is of another version of Plimsoll'],
      [
        '{"schema":"plimsoll/written/1","files":{"Dockerfile":"x"}}',
        'error: .plimsoll-written.json: what was written before cannot be read: `Dockerfile` is no list',
      ],
    ] as const) {
      write('.plimsoll-written.json', broken);
      const before = all();
      expect(await init()).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
      expect(all()).toEqual(before);
    }
    spawnSync('rm', [join(cwd, '.plimsoll-written.json')]);
    expect(await init()).toMatchObject({ code: 2, stderr: expect.stringContaining('but .plimsoll-written.json is gone') });
    expect(await init('--check')).toMatchObject({ code: 1, stderr: expect.stringContaining('was not committed') });
  });
});

describe('answers', () => {
  test('each flag is kept in plimsoll.yaml, whose comments stay', async () => {
    write('plimsoll.yaml', '# mine\nlabels: {team: blue}   # ours\n');
    const end = await init('--base', 'alpine', '--stages', 'single', '--health-check', 'none');
    expect([end.code, end.stderr]).toEqual([0, expect.not.stringContaining('as recommended')]);
    expect(text('plimsoll.yaml')).toBe(
      '# mine\nlabels: {team: blue}   # ours\ndockerfile:\n  base: python:3.13-alpine\n  stages: single\n  healthCheck: none\n',
    );
    expect(await init('--check')).toMatchObject({ code: 0 });
    await init('--base', 'python:3.12.10-slim');
    expect(text('plimsoll.yaml')).toContain('base: python:3.12.10-slim\n');
  });

  test('what is open is said with its recommendation, to people and programs', async () => {
    const end = await init('--yes');
    expect(end.stderr).toContain('--base slim, as recommended; or alpine\n');
    const { questions } = JSON.parse((await init('--json')).stdout) as { questions: { id: string; choices: { choice: string }[] }[] };
    expect(questions.map(({ id, choices }) => [id, choices[0]?.choice])).toEqual([
      ['base', 'slim'],
      ['stages', 'multi'],
      ['health-check', 'python'],
    ]);
  });

  test('that contradict the service or plimsoll.yaml are refused, and nothing is written', async () => {
    write('plimsoll.yaml', 'healthCheck: false\n');
    const before = all();
    for (const [args, says] of [
      [['--server', 'gunicorn'], 'gunicorn does not serve this application: it is ASGI'],
      [['--health-check', 'curl'], '`--health-check curl` and `healthCheck: false` rule each other out'],
      [['--base', 'slimm'], '`--base slimm` is not understood'],
      [['--base', 'python:3.12 slim'], 'is not understood'],
      [['--stages', 'three'], 'Allowed choices are multi, single'],
      [['--check', '--adopt'], '`--check` writes nothing'],
      [['--adopt'], 'there is no Dockerfile to adopt'],
    ] as const)
      expect(await init(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
    write('plimsoll.yaml', 'servr: x\n');
    expect(await init()).toMatchObject({ code: 2, stderr: expect.stringContaining('plimsoll.yaml:1:1: the file: unknown key `servr`') });
    expect({ ...all(), 'plimsoll.yaml': '' }).toEqual({ ...before, 'plimsoll.yaml': '' });
  });
});

const FOREIGN = `FROM python:3.11-slim
ENV MODE="a b" SECRET_KEY=x
RUN apt-get update && apt-get install -y libpq5=15.* gcc && useradd -u 1000 app
EXPOSE 9000
USER app
CMD ["python", "-m", "uvicorn", "app.main:app", "--port", "9000"]
`;

describe('a Dockerfile of somebody else’s', () => {
  test('is read, fact by fact, and left alone', async () => {
    write('Dockerfile', FOREIGN);
    const before = all();
    const end = await init();
    expect([end.code, end.stderr.split('\n')]).toEqual([
      2,
      expect.arrayContaining([
        'Dockerfile:1: base python:3.11-slim: `dockerfile.base: "python:3.11-slim"`',
        'Dockerfile:3: package libpq5: `packages: ["libpq5"]`',
        'Dockerfile:3: package gcc: not taken over: it is for building, and wheels are installed',
        'Dockerfile:5: user app (1000:1000): `user.uid: 1000`, `user.gid: 1000`',
        'Dockerfile:4: port 9000: `port: 9000`',
        'Dockerfile:2: variable SECRET_KEY=…: not taken over: a secret belongs in no image: give it when the container starts',
        'error: Dockerfile: Dockerfile is there, and Plimsoll did not write it',
      ]),
    ]);
    expect(await init('--check')).toMatchObject({ code: 1 });
    expect(all()).toEqual(before);
  });

  test('--adopt keeps it, takes its facts over, and writes a new one that is up to date', async () => {
    write('Dockerfile', FOREIGN);
    write('plimsoll.yaml', 'port: 7000 # mine\n');
    expect(await init('--adopt')).toMatchObject({ code: 0 });
    expect(text('Dockerfile.before')).toBe(FOREIGN);
    expect(text('Dockerfile')).toMatch(/libpq5[^]*USER 1000:1000\nEXPOSE 7000\n/);
    expect(text('plimsoll.yaml')).toContain('port: 7000 # mine\n');
    expect(text('plimsoll.yaml')).not.toContain('SECRET_KEY');
    expect(await init('--check')).toMatchObject({ code: 0 });
    expect(await init('--adopt')).toMatchObject({ code: 2, stderr: expect.stringContaining("is Plimsoll's already") });
  });

  test('bytes that are no UTF-8 stay as they are', async () => {
    const bytes = Buffer.concat([Buffer.from('# caf'), Buffer.from([0xe9]), Buffer.from('\nFROM python:3.11-slim\n')]);
    writeFileSync(join(cwd, 'Dockerfile'), bytes);
    expect(await init('--adopt')).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'Dockerfile.before')).equals(bytes)).toBe(true);
  });
});

describe('nothing is half-written', () => {
  test('when the disk takes no more', async () => {
    write('.dockerignore', 'mine\n');
    const before = all();
    // RLIMIT_FSIZE lets the Dockerfile through, and stops in the record, which holds it and more: EFBIG.
    const { files } = JSON.parse((await init('--dry-run', '--json')).stdout) as { files: { text: string }[] };
    const largest = Math.max(...files.map((file) => Buffer.byteLength(file.text)));
    const end = await plimsoll(['init'], {
      cwd,
      wrap: ['prlimit', `--fsize=${largest + 1}`],
      env: { XDG_CACHE_HOME: join(place.folder, 'cache') },
    });
    expect([end.code, end.stderr]).toEqual([
      3,
      expect.stringContaining('.plimsoll-written.json cannot be written (EFBIG); nothing was changed'),
    ]);
    expect(all()).toEqual(before);
  });

  test.skipIf(!isRoot)('when a file may not be replaced: the ones before it are taken back', async () => {
    write('.dockerignore', 'mine\n');
    const before = all();
    chmodSync(cwd, 0o1777); // sticky: others' files can be read and not renamed over
    const end = await plimsoll(['init'], { cwd, uid: 1234, env: { HOME: place.folder, XDG_CACHE_HOME: '/nonexistent' } });
    expect(end.stderr).toContain('.dockerignore cannot be written (EPERM); nothing was changed');
    expect([end.code, all()]).toEqual([3, before]);
  });

  test.skipIf(!isRoot)('when the folder is read-only', async () => {
    chmodSync(cwd, 0o555);
    chownSync(cwd, 1234, 1234);
    const end = await plimsoll(['init'], { cwd, uid: 1234, env: { HOME: place.folder, XDG_CACHE_HOME: '/nonexistent' } });
    expect([end.code, end.stderr]).toEqual([3, expect.stringContaining('Dockerfile cannot be written (EACCES); nothing was changed')]);
  });

  test('through a link that leads out of the folder', async () => {
    const outside = join(place.folder, `outside-${count}`);
    writeFileSync(outside, 'theirs\n');
    symlinkSync(outside, join(cwd, '.dockerignore'));
    expect(await init()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('.dockerignore is a link that leads out of the folder'),
    });
    expect([readFileSync(outside, 'utf8'), existsSync(join(cwd, 'Dockerfile'))]).toEqual(['theirs\n', false]);
  });

  test('where a folder lies in the place of a file', async () => {
    mkdirSync(join(cwd, 'Dockerfile'));
    expect(await init()).toMatchObject({ code: 2, stderr: expect.stringContaining('Dockerfile cannot be read (EISDIR)') });
  });
});

/** Runs `plimsoll init` on a pseudo-terminal of Python's and types keys, each after the text that it answers. */
function onTerminal(answers: readonly (readonly [after: string, keys: string])[], ...args: string[]): { code: number; screen: string } {
  const program = `
import fcntl, json, os, pty, select, struct, sys, termios, time
answers, argv = json.loads(sys.argv[1]), sys.argv[2:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 160, 0, 0))
    os.execvp(argv[0], argv)
screen, seen, end = '', 0, time.time() + 120
while time.time() < end:
    if select.select([fd], [], [], 1)[0]:
        try: data = os.read(fd, 65536)
        except OSError: break
        if not data: break
        screen += data.decode('utf8', 'replace')
    if answers and answers[0][0] in screen[seen:]:
        seen = len(screen)
        os.write(fd, answers.pop(0)[1].encode())
else: os.kill(pid, 9)
print(json.dumps({'code': os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 'screen': screen}))
`;
  const end = spawnSync(
    'python3',
    ['-c', program, JSON.stringify(answers), process.execPath, join(root, 'dist/plimsoll.js'), 'init', ...args],
    {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, CI: '', TERM: 'xterm' },
    },
  );
  if (end.status !== 0) throw new Error(end.stderr);
  return JSON.parse(end.stdout) as { code: number; screen: string };
}

describe.skipIf(!has('python3'))('on a terminal', () => {
  const ENTER = '\r';
  const DOWN = '\u001B[B';

  test('it asks what is open, with what it recommends, and keeps the answers', async () => {
    const end = onTerminal([
      ['What is the image built on?', DOWN + ENTER],
      ['One stage, or several?', ENTER],
      ['Does the Dockerfile hold a health check?', ENTER],
    ]);
    expect(end.screen).toContain('slim (recommended)');
    expect(end.code).toBe(0);
    expect(text('plimsoll.yaml')).toBe('dockerfile:\n  base: python:3.13-alpine\n  stages: multi\n  healthCheck: python\n');
    // Nothing is open any more: nothing is asked.
    const again = onTerminal([]);
    expect([again.code, again.screen]).toEqual([0, expect.not.stringContaining('recommended')]);
  });

  test('it asks for the server only where none is known, and only for the application’s kind', () => {
    write('requirements.txt', 'flask==3.1.0\n');
    write('app/main.py', "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/health')\ndef health():\n    return 'ok'\n");
    const end = onTerminal(
      [['Which server runs the application?', ENTER]],
      '--base',
      'slim',
      '--stages',
      'multi',
      '--health-check',
      'python',
    );
    expect(end.screen).toMatch(/gunicorn \(recommended\)[^]*uwsgi/);
    expect(end.screen).not.toContain('uvicorn:');
    expect([end.code, text('plimsoll.yaml')]).toEqual([0, expect.stringContaining('server: gunicorn\n')]);
    expect(text('Dockerfile')).toContain('gunicorn==');
  });

  test('Ctrl-C leaves nothing changed, and ends with 130', () => {
    const before = all();
    const end = onTerminal([
      ['What is the image built on?', ENTER],
      ['One stage, or several?', '\u0003'],
    ]);
    expect([end.code, all()]).toEqual([130, before]);
  });

  test('--yes asks nothing', () => {
    const end = onTerminal([], '--yes');
    expect([end.code, end.screen]).toEqual([0, expect.stringContaining('Dockerfile: written')]);
    expect(existsSync(join(cwd, 'plimsoll.yaml'))).toBe(false);
  });
});
