import { replace, type Instruction, type Span } from '../../dockerfile/index.ts';
import { rule, type Fix } from '../types.ts';
import { reportOn } from './parts/report.ts';
import { argumentSpan } from './parts/spans.ts';

const OPENING = `'"‘’“”„«`;

export const startCommandNotJson = rule({
  id: 'start-command-not-json',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'safe',
  summary: 'What looks like a JSON list is one.',
  why: 'Otherwise it is taken for a shell command, and a shell has no program named `[node,`; VOLUME makes a folder of that name.',
  source: 'Dockerfile reference, "Exec form"',
  examples: [
    { text: "FROM node:22\nCMD «['node', 'app.js']»\n", fixed: 'FROM node:22\nCMD ["node", "app.js"]\n' },
    { text: 'FROM node:22\nENTRYPOINT «["node", "app.js",]»\n', fixed: 'FROM node:22\nENTRYPOINT ["node", "app.js"]\n' },
    { text: 'FROM node:22\nCMD «[“node”, “app.js”]»\n', fixed: 'FROM node:22\nCMD ["node", "app.js"]\n' },
    { text: 'FROM node:22\nCMD «["node", "app.js"»\n' },
    { text: 'FROM node:22\nCMD ["node", "app.js"]\n' },
    { text: 'FROM node:22\nCMD [ "$MODE" = dev ] && npm run dev || npm start\n' },
    { text: 'FROM node:22\nCMD [[ -f x ]] && cat x\n' },
    { text: 'FROM node:22\nHEALTHCHECK CMD [ "$(cat /state)" = "up" ]\n' },
  ],
  mentions: /\[/,
  *detect({ file }) {
    if (file.escape === '`') return;
    for (const instruction of file.instructions) {
      const found = written(instruction);
      if (found === undefined || !looksLikeList(found.text)) continue;
      yield reportOn(
        instruction,
        found.span,
        'this is no JSON list, so a shell gets it as it is: lists have double quotes, and commas only between',
        asJson(found.text, found.span),
      );
    }
  },
});

/** What is taken for a command of a shell, or for words. */
function written(instruction: Instruction): { readonly text: string; readonly span: Span } | undefined {
  const { name, args } = instruction;
  const command = args.form === 'health' ? args.command : args;
  if (command.form === 'text' && /^(?:CMD|ENTRYPOINT|HEALTHCHECK)$/.test(name))
    return { text: command.word.text.trim(), span: command.word.span };
  if (name !== 'VOLUME' || command.form !== 'words') return undefined;
  return { text: command.words.map(({ text }) => text).join(' '), span: argumentSpan(instruction) };
}

/** A list, and not the `[ … ]` of a shell, which parts its words with blanks and has an operator. */
const looksLikeList = (text: string): boolean =>
  new RegExp(`^\\[\\s*[${OPENING}]`).test(text) &&
  !/\]\s*(?:&&|\|\||;|$)/.test(text.replace(/\]$/, '')) &&
  !/\s(?:==?|!=|-\w+)\s/.test(text) &&
  (/,/.test(text) || /^\[\s*['‘’“”„«"][^\s'"]+['‘’“”„»"]\s*\]$/.test(text));

/** Undefined where a string has quotes or escapes in it: nobody can tell what was meant. */
function asJson(text: string, span: Span): Fix | undefined {
  const inner = /^\[(.*?),?\s*\]$/s.exec(text)?.[1];
  if (inner === undefined || text.length !== span.end - span.start) return undefined;
  const words: string[] = [];
  for (const piece of inner.split(',')) {
    const word = /^\s*(?:'([^'"\\]*)'|"([^"'\\]*)"|[“”„«‘’]([^'"“”„«»‘’\\]*)[“”»‘’])\s*$/.exec(piece);
    if (word === null) return undefined;
    words.push(word[1] ?? word[2] ?? word[3] ?? '');
  }
  return { title: 'write it as a JSON list', edits: [replace(span, `[${words.map((word) => JSON.stringify(word)).join(', ')}]`)] };
}
