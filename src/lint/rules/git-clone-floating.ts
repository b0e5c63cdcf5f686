import { flagValue, operands, type Call } from '../script/index.ts';
import { rule } from '../types.ts';
import { isNewestMeant } from './parts/newest.ts';
import { reportOn } from './parts/report.ts';
import { allRuns, callsAfter } from './parts/runs.ts';

const BRANCH = /^(?:main|master|develop|dev|devel|trunk|next|stable|HEAD|origin\/.*)$/;
/** Options of `git` and `git clone` that take a value (git(1), git-clone(1)). */
const VALUED = 'c C b branch depth o origin j jobs u config reference template filter separate-git-dir shallow-since'.split(' ');

export const gitCloneFloating = rule({
  id: 'git-clone-floating',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'What is cloned is a tag or a commit.',
  why: 'A branch is another state tomorrow: the build changes without a change here, and the cache may hold an old one.',
  source: 'git-clone(1), "--branch"; Dockerfile reference, "ADD <git ref>"',
  examples: [
    { text: 'FROM debian:12\nRUN «git clone --depth 1 https://github.com/acme/app /src» && make -C /src\n' },
    { text: 'FROM debian:12\nRUN «git clone -b master https://github.com/acme/app.git»\n' },
    { text: 'FROM debian:12\nADD «https://github.com/acme/app.git» /src\nADD «git@github.com:acme/app.git#main» /src\n' },
    { text: 'FROM debian:12\nRUN git clone -b v1.2 https://github.com/acme/app && git clone --branch=$V https://github.com/acme/b\n' },
    { text: 'FROM debian:12\nRUN git clone https://github.com/acme/app && cd app && git checkout -q 0a1b2c3\n' },
    { text: 'FROM debian:12\nRUN git clone https://github.com/acme/app /app\nRUN cd /app && git reset --hard $COMMIT\n' },
    { text: 'FROM debian:12\nRUN git clone /src/app.git /app\nADD https://github.com/acme/app.git#v1.2 /src\n' },
    { text: 'FROM debian:12\nADD https://github.com/acme/app.git?tag=v1.2 /src\n' },
    { text: 'FROM debian:12 AS pr-test\nRUN git clone https://github.com/acme/app\nFROM debian:12\nCOPY app /\n' },
    { text: 'FROM debian:12\nRUN git clone https://acme.io/a.git\n', path: 'docker/Dockerfile-live' },
  ],
  mentions: /\bclone\b|\badd\b.*(?:git|ssh)/i,
  *detect({ file, stages, path }) {
    if (isNewestMeant(path)) return;
    for (const { instruction } of stages.flatMap(({ steps }) => steps)) {
      const { name, args } = instruction;
      if (name !== 'ADD' || (args.form !== 'words' && args.form !== 'exec')) continue;
      for (const { text, span } of args.words.slice(0, -1)) {
        if (!isFloatingUrl(text)) continue;
        yield reportOn(instruction, span, 'this brings the newest commit of a branch: name a tag or a commit after `#`');
      }
    }
    for (const { stage, step } of allRuns({ file, stages, path })) {
      // A target for tests, or for those who develop.
      if (!stage.isNeeded) continue;
      for (const call of step.script.calls) {
        if (!isFloatingClone(call) || callsAfter(call, step, stage).some(choosesCommit)) continue;
        const branch = flagValue(call, 'b', 'branch')?.text;
        const what = branch === undefined ? 'the default branch' : `\`${branch}\``;
        yield reportOn(
          step.instruction,
          call.span,
          `this clones the newest commit of ${what}: name a tag with \`--branch\`, or check a commit out`,
        );
      }
    }
  },
});

function isFloatingUrl(url: string): boolean {
  const match = /^(?:https?:\/\/\S+?\.git|git@\S+?:\S+?|git:\/\/\S+?|ssh:\/\/\S+?)(?:#([^:]*)(?::.*)?)?$/.exec(url);
  return match !== null && !url.includes('?') && (match[1] === undefined || match[1] === '' || BRANCH.test(match[1]));
}

function isFloatingClone(call: Call): boolean {
  if (call.program !== 'git') return false;
  const words = operands(call, ...VALUED).map(({ text }) => text);
  const isRemote = /^(?:https?|git|ssh):\/\/|^[\w.-]+@[\w.-]+:/.test(words[1] ?? '');
  if (words[0] !== 'clone' || !isRemote || flagValue(call, 'revision') !== undefined) return false;
  const branch = flagValue(call, 'b', 'branch');
  return branch === undefined || BRANCH.test(branch.text);
}

/** `git checkout v1.2`, `git reset --hard $COMMIT`, `git fetch origin 0a1b2c3`; other tools may do so too. */
function choosesCommit({ program, args }: Call): boolean {
  if (program === 'gclient' || program === 'west' || program === 'repo') return true;
  const words = operands({ args }, 'c', 'C').map(({ text }) => text);
  if (program !== 'git' || !/^(?:checkout|reset|switch|fetch|pull|worktree|bisect)$/.test(words[0] ?? '')) return false;
  return words.slice(1).some((word) => word !== 'origin' && !BRANCH.test(word));
}
