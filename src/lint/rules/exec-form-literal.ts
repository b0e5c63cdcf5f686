import { replace, type Instruction, type Word } from '../../dockerfile/index.ts';
import { basename } from '../script/index.ts';
import { allSteps, familyOf, lineage, type Stage } from '../stages/index.ts';
import { rule, type Fix } from '../types.ts';
import { reportOn } from './parts/report.ts';

const SHELLS = /^(?:sh|bash|dash|ash|zsh|ksh|busybox|cmd|powershell|pwsh)(?:\.exe)?$/i;
const OPERATORS = new Set('&& || | > >> 2>&1 2> &'.split(' '));
/** Programs that read variables, quotes or operators in their arguments themselves. */
const READS_THEM =
  /^(?:envsubst|awk|gawk|sed|perl|python[\d.]*|node|ruby|php|jq|find|xargs|env|echo|printf|dockerize|gomplate|confd|expr|test|\[|psql|mysql|docker|kubectl|supervisord|watch|script|parallel|vector|fluent-?\w*|otel\w*|su|runuser|gosu|su-exec|entr|nodemon|concurrently|watchexec|npx|npm|yarn|pnpm)$/;

export const execFormLiteral = rule({
  id: 'exec-form-literal',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'safe',
  summary: 'A JSON list has each word as a string of its own, and nothing that only a shell understands.',
  why: 'No shell reads a JSON list: quotes, `&&` and `$PORT` reach the program as they are written, and `"python app.py"` is the name of one file.',
  source: 'Dockerfile reference, "Exec form"',
  examples: [
    { text: 'FROM python:3.12\nCMD [«"python app.py"»]\n', fixed: 'FROM python:3.12\nCMD ["python", "app.py"]\n' },
    { text: 'FROM python:3.12\nENV PORT=8000\nCMD ["uvicorn", "app:app", "--port", «"$PORT"»]\n' },
    { text: 'FROM alpine:3.20\nCMD ["migrate", «"&&"», "serve"]\n' },
    { text: 'FROM alpine:3.20\nENTRYPOINT ["/app", «"--name=\'x\'"»]\n' },
    { text: 'FROM node:22\nCMD ["sh", "-c", "npm", «"start"»]\n' },
    { text: 'FROM python:3.12\nENV PORT=8000\nCMD ["sh", "-c", "uvicorn app:app --port $PORT"]\n' },
    { text: 'FROM python:3.12\nENV PORT=8000\nENTRYPOINT ["/entrypoint.sh"]\nCMD ["uvicorn", "--port", "$PORT"]\n' },
    { text: 'FROM alpine:3.20\nENTRYPOINT ["sh", "-c"]\nCMD ["npm run start && true"]\n' },
    { text: 'FROM alpine:3.20\nCMD ["find", "/tmp", "-exec", "rm", "{}", ";"]\n' },
    { text: 'FROM alpine:3.20\nENTRYPOINT ["sh", "-c", "exec app \\"$@\\"", "--"]\n' },
    { text: 'FROM alpine:3.20\nHEALTHCHECK CMD [«"CMD-SHELL"», "wget -q localhost || exit 1"]\n' },
    { text: 'FROM alpine:3.20\nHEALTHCHECK CMD [«"wget -q localhost || exit 1"»]\n' },
    { text: 'FROM alpine:3.20\nCMD ["nginx", "-g", "daemon off;"]\n' },
  ],
  mentions: /\[/,
  *detect({ stages, file }) {
    if (file.escape === '`') return;
    for (const stage of stages) {
      if (familyOf(stage.base) === 'windows') continue;
      for (const { instruction, shell } of stage.steps) {
        const words = listOf(instruction);
        const [first] = words;
        if (first === undefined || WINDOWS.test(first.text) || (shell !== undefined && !SHELLS.test(basename(shell[0] ?? '')))) continue;
        const hasEntrypoint =
          instruction.name === 'CMD' && lineage(stage).some(({ steps }) => steps.some((step) => step.instruction.name === 'ENTRYPOINT'));
        if (!hasEntrypoint) yield* programWithBlanks(instruction, words, stage);
        if (instruction.name === 'HEALTHCHECK' && /^CMD(?:-SHELL)?$/.test(first.text)) {
          yield reportOn(
            instruction,
            first.span,
            `\`${first.text}\` is a word of Compose: no program has this name, so leave it out of the list`,
          );
          continue;
        }
        if (hasEntrypoint || READS_THEM.test(basename(first.text))) continue;
        const wrong = SHELLS.test(basename(first.text)) ? afterScript(words) : words.slice(1).flatMap((word) => literal(word, stage));
        for (const { word, message } of wrong.slice(0, 1)) yield reportOn(instruction, word.span, message);
      }
    }
  },
});

/** What only Windows starts. */
const WINDOWS = /\.(?:exe|cmd|bat|ps1)$|^[A-Za-z]:/i;

interface Wrong {
  readonly word: Word;
  readonly message: string;
}

function listOf({ name, args }: Instruction): readonly Word[] {
  const command = args.form === 'health' ? args.command : args;
  return command.form === 'exec' && /^(?:CMD|ENTRYPOINT|HEALTHCHECK|RUN)$/.test(name) ? command.words : [];
}

function* programWithBlanks(
  instruction: Instruction,
  [first, ...rest]: readonly Word[],
  stage: Stage,
): Iterable<ReturnType<typeof reportOn>> {
  if (first === undefined || !/^[\w./-]+ +\S/.test(first.text) || !/^[\w./-]*[a-z][\w./-]*$/i.test(first.text.split(' ', 1)[0] ?? ''))
    return;
  // A CMD may be the argument of an ENTRYPOINT that the base has: only official images tell.
  if (instruction.name === 'CMD' && (rest.length > 0 || !stage.base.isKnown || stage.base.name.includes('/'))) return;
  yield reportOn(
    instruction,
    first.span,
    `\`${first.text}\` is taken for the name of one program: write each word as a string of its own`,
    split(first),
  );
}

function split({ text, span }: Word): Fix | undefined {
  if (/[^\w./:=@ -]/.test(text) || span.end - span.start !== text.length + 2) return undefined;
  return {
    title: 'write each word as a string of its own',
    edits: [
      replace(
        span,
        text
          .split(/ +/)
          .map((word) => JSON.stringify(word))
          .join(', '),
      ),
    ],
  };
}

/** `["sh", "-c", "npm", "start"]`: what follows the script are its parameters, and it reads none. */
function afterScript(words: readonly Word[]): readonly Wrong[] {
  const flag = words.findIndex(({ text }, i) => i > 0 && /^-[a-z]*c$/.test(text));
  const script = flag === -1 ? undefined : words[flag + 1];
  const next = words[flag + 2];
  if (script === undefined || next === undefined || /[$\s]|^-|^\+/.test(script.text) || flag > 2) return [];
  return [{ word: next, message: `\`sh -c\` runs \`${script.text}\` alone: the whole command is one string` }];
}

function literal(word: Word, stage: Stage): readonly Wrong[] {
  const { text } = word;
  if (OPERATORS.has(text)) return [{ word, message: `no shell reads this \`${text}\`: it is given to the program as a word` }];
  if (/^(?:--?[\w-]+=)?(['"])[^'"\s]+\1$/.test(text)) return [{ word, message: 'no shell takes these inner quotes off: leave them out' }];
  const variable = /^(?:--?[\w.-]+=|[\w./-]*:)?\$(?:([A-Z_][A-Z0-9_]*)|\{([A-Z_][A-Z0-9_]*)\})$/.exec(text);
  const name = variable?.[1] ?? variable?.[2];
  if (name === undefined || !(WELL_KNOWN.has(name) || isDeclared(name, stage))) return [];
  return [{ word, message: `nothing puts \`$${name}\` in here: that needs a shell, as \`["sh", "-c", "exec …"]\`` }];
}

const WELL_KNOWN = new Set(['PORT', 'HOME', 'JAVA_OPTS', 'JAVA_TOOL_OPTIONS', 'WORKERS']);

const isDeclared = (name: string, stage: Stage): boolean =>
  allSteps(stage).some(
    ({ instruction: { name: keyword, args } }) =>
      (keyword === 'ENV' && args.form === 'pairs' && args.pairs.some((pair) => pair.name === name)) ||
      (keyword === 'ARG' && args.form === 'words' && args.words.some(({ text }) => text.split('=', 1)[0] === name)),
  );
