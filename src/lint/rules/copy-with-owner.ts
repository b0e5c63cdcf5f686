import { replace, wordsOf, type Dockerfile } from '../../dockerfile/index.ts';
import { hasFlag, operands, type Call } from '../script/index.ts';
import { allSteps, type StageStep } from '../stages/index.ts';
import { rule, type Fix } from '../types.ts';
import { absolute, isWithin, placedBy } from './parts/files.ts';
import { reportOn } from './parts/report.ts';
import { serviceRuns, type Place } from './parts/runs.ts';

export const copyWithOwner = rule({
  id: 'copy-with-owner',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'COPY gives files their owner and mode, and no later RUN does.',
  why: '`chown -R` and `chmod -R` store each file a second time, in a layer of their own.',
  source: 'Dockerfile reference, "COPY --chown --chmod"; OCI image specification, "Image Layer Filesystem Changeset"',
  examples: [
    {
      text: 'FROM node:22\nCOPY . /srv/app\nRUN «chown -R node:node /srv/app»\nCMD ["node", "/srv/app/a.js"]\n',
      fixed: 'FROM node:22\nCOPY --chown=node:node . /srv/app\nCMD ["node", "/srv/app/a.js"]\n',
    },
    { text: 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN useradd app && «chown -R app:app /app»\nUSER app\nCMD ["python", "a.py"]\n' },
    { text: 'FROM php:8.3-apache\nWORKDIR /var/www/html\nCOPY . .\nRUN «chmod -R 755 .»\n' },
    { text: 'FROM python:3.12\nCOPY --chown=1000 . /app\nRUN mkdir /data && chown -R 1000 /data\nCMD ["python", "a.py"]\n' },
    { text: 'FROM node:22\nCOPY --chown=node . /app\nRUN npm ci --prefix /app && chown -R node /app\nCMD ["node", "a.js"]\n' },
    { text: 'FROM debian:12\nCOPY entrypoint.sh /\nRUN chmod +x /entrypoint.sh\nCMD ["/entrypoint.sh"]\n' },
    {
      text: 'FROM node:22 AS build\nCOPY . /app\nRUN chown -R node /app\nFROM node:22\nCOPY --from=build --chown=node /app /app\nCMD ["node", "a.js"]\n',
    },
    { text: 'FROM debian:12\nCOPY app.deb /tmp/\nRUN dpkg -i /tmp/app.deb && rm /tmp/app.deb && chown -R app /tmp\nCMD ["app"]\n' },
    {
      text: 'FROM debian:12\nCOPY bin /srv/bin\nCOPY www /srv/www\nRUN «chown -R app /srv/bin» && chown -R app /srv/www\nCMD ["app"]\n',
    },
    { text: 'FROM debian:12\nCOPY . /srv\nRUN chown -R root:root /srv && chmod -R a-w /srv\nCMD ["app"]\n' },
    { text: 'FROM debian:12\nCOPY scripts requirements.txt /srv/\nRUN chown -R app /srv\nCMD ["app"]\n' },
    { text: 'FROM debian:12\nCOPY scripts /srv/\nCOPY server /srv/\nRUN «chown -R app /srv»\nCMD ["app"]\n' },
    { text: 'FROM node:22\nRUN mkdir -p /app && chown -R node /app\nCOPY --chown=node . /app\nCMD ["node", "a.js"]\n' },
  ],
  mentions: /\bch(?:own|mod)\b/,
  *detect(subject) {
    for (const place of serviceRuns(subject)) {
      for (const call of place.step.script.calls) {
        if (!isRecursive(call) || call.inner || isForGroup(call) || isForRoot(call)) continue;
        const copies = copiesUnder(call, place);
        const [copy] = copies;
        if (copy === undefined) continue;
        const flag = call.program === 'chown' ? '--chown' : '--chmod';
        const says = `the files that ${copy.instruction.name} in line ${copy.instruction.startLine} brings are stored twice: write \`${copy.instruction.name} ${flag}=\` there`;
        yield reportOn(place.step.instruction, call.span, says, copies.length === 1 ? mend(call, place, copy, subject.file) : undefined);
        // Once for each RUN.
        break;
      }
    }
  },
});

/** `chmod -R g+rwX`, for OpenShift’s users: also of what other steps make there. */
const isForGroup = (call: Call): boolean => call.program === 'chmod' && /^g[+=]/.test(operands(call)[0]?.text ?? '');

/** They are root's already, or may no longer be written to: that is for all of the folder. */
const isForRoot = ({ program, args }: Call): boolean =>
  program === 'chown'
    ? /^(?:root|0)(?::(?:root|0)?)?$/.test(operands({ args })[0]?.text ?? '')
    : args.some(({ text }) => /^(?:[ugoa]*[=+-][rwxX]*,)*[ugoa]*-w/.test(text));

const isRecursive = (call: Call): boolean => /^(?:chown|chmod)$/.test(call.program) && hasFlag(call, 'R', 'recursive');

/** By their names, settings and scripts: a few kilobytes. */
const isSmall = (source: string): boolean =>
  /(?:^|\/)(?:sh|scripts?|conf(?:igs?)?|etc|templates?|migrations?|sql|requirements|licen[cs]es?)\/?$|\.(?:sh|conf|cfg|ini|txt|toml|ya?ml|env|properties|sql)$/i.test(
    source,
  );

/** COPYs before the call that put a folder there and do not yet say what the call says. */
function copiesUnder(call: Call, { stage, step }: Place): readonly StageStep[] {
  const all = allSteps(stage);
  const targets = operands(call)
    .slice(hasFlag(call, 'reference') ? 0 : 1)
    .flatMap(({ text }) => absolute(step, text) ?? [])
    // What lies there is used up.
    .filter((target) => target !== '/tmp');
  return all.slice(0, all.indexOf(step)).filter((other) => {
    const { flags, args } = other.instruction;
    if (flags.some(({ name }) => name === call.program) || wordsOf(args).slice(0, -1).every(isSmall)) return false;
    const placed = placedBy(other);
    return placed.some(({ path, isFolder }) => isFolder && targets.some((target) => isWithin(path, target)));
  });
}

/** Owner or mode at COPY, and no RUN: where the RUN does nothing else, and the owner is known before. */
function mend(call: Call, { stage, step }: Place, copy: StageStep, { text }: Dockerfile): Fix | undefined {
  const { instruction } = copy;
  const words = operands(call).map((word) => step.expanded(word.text));
  const [what = '', where = ''] = words;
  const flag = call.program === 'chown' ? 'chown' : 'chmod';
  const isPlain = step.script.calls.length === 1 && call.args.length === 3 && step.instruction.heredocs.length === 0 && words.length === 2;
  // The folder itself, where WORKDIR made it, is another matter.
  const makesFolder = copy.workdir === undefined || !isWithin(copy.workdir, where);
  if (!isPlain || !makesFolder || !stage.steps.includes(copy)) return undefined;
  if (placedBy(copy).some(({ path }) => path !== absolute(step, where)) || wordsOf(instruction.args).length !== 2) return undefined;
  if (flag === 'chmod' ? !/^[0-7]{3,4}$/.test(what) : !isKnownOwner(what, stage.base.name)) return undefined;
  const at = instruction.keywordSpan.end;
  const { start, end } = step.instruction.span;
  const lineEnd = /^\r?\n/.exec(text.slice(end))?.[0].length ?? 0;
  return {
    title: `write \`${instruction.name} --${flag}=${what}\` and leave the RUN out`,
    edits: [replace({ start: at, end: at }, ` --${flag}=${what}`), replace({ start, end: end + lineEnd }, '')],
  };
}

/** Numbers, and users that images bring (their descriptions on Docker Hub). */
const isKnownOwner = (owner: string, base: string): boolean =>
  /^\d+(?::\d+)?$/.test(owner) ||
  owner
    .split(':')
    .every((name) => name === 'root' || (base === 'node' && name === 'node') || (/^(?:php|wordpress)$/.test(base) && name === 'www-data'));
