import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plimsoll, root, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const archive = `docker-archive:${place.folder}/0/image.tar`;
beforeAll(() => void execFileSync('python3', [join(root, 'src/inspect/planted.testing.py'), place.folder, '1']));

/** Runs it in a terminal of its own, presses keys one after the other when the screen has come to rest, and says what the terminal is like in the end. */
const TERMINAL = `
import json, os, pty, select, sys, termios
keys, argv = json.loads(sys.argv[1]), sys.argv[2:]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(argv[0], argv)
before = termios.tcgetattr(fd)
seen, ended = b'', False
def rest(first):
    global seen, ended
    wait = first
    while not ended and select.select([fd], [], [], wait)[0]:
        try:
            data = os.read(fd, 65536)
        except OSError:
            data = b''
        if not data:
            ended = True
        seen += data
        wait = 0.5
screens = []
rest(60)
for key in keys:
    screens.append(seen.decode('utf8', 'replace'))
    seen = b''
    os.write(fd, key.encode())
    rest(20)
screens.append(seen.decode('utf8', 'replace'))
_, status = os.waitpid(pid, 0)
after = termios.tcgetattr(fd)
print(json.dumps({'screens': screens, 'code': os.waitstatus_to_exitcode(status), 'same': before[:4] == after[:4]}))`;

interface Seen {
  readonly screens: readonly string[];
  readonly code: number;
  readonly same: boolean;
}
const inTerminal = (...keys: readonly string[]): Seen => {
  const argv = [
    process.execPath,
    join(root, 'dist/plimsoll.js'),
    'inspect',
    archive,
    '--dockerfile',
    join(place.folder, '0/Dockerfile'),
    '--interactive',
  ];
  return JSON.parse(execFileSync('python3', ['-c', TERMINAL, JSON.stringify(keys), ...argv], { encoding: 'utf8' })) as Seen;
};

test('arrow keys choose, Enter opens a layer and a folder, Backspace goes back, q ends and leaves the terminal as it was', () => {
  const { screens, code, same } = inTerminal('\u001B[B', '\r', '\r', '\u007F', 'q');
  const [layers = '', second = '', layer = '', folder = '', back = '', end = ''] = screens;
  expect(layers).toContain('\u001B[?1049h');
  expect(layers).toMatch(/> +[\d.]+ kB {2}1 /);
  expect(second).toMatch(/> +[\d.]+ kB {2}2 {2}\S*Dockerfile:2 RUN /);
  expect(layer).toContain('Layer 2  /');
  expect(folder).toMatch(/Layer 2 {2}\/[a-z]+/);
  expect(back).toMatch(/Layer 2 {2}\/(?![a-z])/);
  expect(end).toContain('\u001B[?25h\u001B[?1049l');
  expect([code, same]).toEqual([0, true]);
}, 120_000);

test('Ctrl-C ends it and leaves the terminal as it was', () => {
  const { screens, same } = inTerminal('\u0003');
  expect(screens.at(-1)).toContain('\u001B[?25h\u001B[?1049l');
  expect(same).toBe(true);
}, 120_000);

test('without a terminal it is refused', async () => {
  const end = await plimsoll(['inspect', archive, '--interactive']);
  expect([end.code, end.stderr]).toEqual([2, expect.stringContaining('`--interactive` needs a terminal')]);
}, 60_000);
