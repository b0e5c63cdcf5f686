import { replaceIn, type Sabotage } from '../sabotage.test-support.ts';

const WRITTEN = '    os.symlink("index.html", SITE / "home.html")\n';
const step = (name: string, ...lines: readonly string[]): Sabotage => ({
  name,
  service: 'python-build-step',
  only: ['reproducible'],
  edit: replaceIn('render.py', WRITTEN, WRITTEN + lines.map((line) => `    ${line}\n`).join('')),
});

export const sabotages: readonly Sabotage[] = [
  step('a build step writes the time', 'import time', 'SITE.joinpath("made.txt").write_text(str(time.time_ns()))'),
  step('a build step makes up a file name', 'import uuid', 'SITE.joinpath(uuid.uuid4().hex).touch()'),
  step('a build step writes where an object lies in memory', 'SITE.joinpath("made.txt").write_text(repr(object()))'),
];
