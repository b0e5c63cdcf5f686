import { UserError } from '../../../base/index.ts';

/** One message as a .mo file holds it. Texts are bytes, one a character: whatever charset the header names stays. */
export interface Message {
  /** Context, U+0004, msgid, NUL, msgid_plural: as far as they are there. */
  readonly key: string;
  /** The plural forms, a NUL between them. */
  readonly text: string;
}

/**
 * The messages of a .po file that msgfmt compiles: neither obsolete nor untranslated, and fuzzy only where it is the header.
 * Throws UserError with the line. Source: GNU gettext manual, "The Format of PO Files"; gettext-tools/src/msgfmt.c.
 */
export function readPo(bytes: Uint8Array, file: string): readonly Message[] {
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '');
  const messages = new Map<string, Message>();
  let draft = newDraft();
  const finish = (line: number): void => {
    const { fields } = draft;
    if (fields.size > 0) keep(messages, draft, () => refused('is no whole message: msgid and msgstr belong together', file, line), file);
    draft = newDraft();
  };
  const lines = text.split(/\r?\n/);
  for (const [index, written] of lines.entries()) {
    const line = written.trim();
    const [, keyword, string] = /^(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s*)?((?:"(?:\\.|[^"\\])*"\s*)+)$/.exec(line) ?? [];
    if (line === '') continue;
    if (string === undefined) {
      if (!line.startsWith('#')) throw refused(`cannot be read: \`${line.slice(0, 40)}\``, file, index + 1);
      if (draft.hasText) finish(index + 1);
      if (line.startsWith('#,') && /[\s,]fuzzy\b/.test(line)) draft.isFuzzy = true;
      continue;
    }
    if (draft.hasText && (keyword === 'msgctxt' || keyword === 'msgid')) finish(index + 1);
    if (keyword !== undefined) begin(draft, keyword, index + 1, file);
    const { last } = draft;
    if (last === undefined) throw refused('is a text that belongs to no keyword', file, index + 1);
    draft.fields.set(last, (draft.fields.get(last) ?? '') + unescaped(string, file, index + 1));
  }
  finish(lines.length);
  return [...messages.values()];
}

interface Draft {
  readonly fields: Map<string, string>;
  /** The keyword that a bare text goes on. */
  last?: string;
  line: number;
  isFuzzy: boolean;
  /** A msgstr was met: what comes next is another message. */
  hasText: boolean;
}

const newDraft = (): Draft => ({ fields: new Map(), line: 0, isFuzzy: false, hasText: false });

function begin(draft: Draft, keyword: string, line: number, file: string): void {
  if (draft.fields.has(keyword)) throw refused(`gives ${keyword} twice`, file, line);
  draft.fields.set(keyword, '');
  draft.last = keyword;
  if (keyword === 'msgid') draft.line = line;
  if (keyword.startsWith('msgstr')) draft.hasText = true;
}

function keep(messages: Map<string, Message>, { fields, isFuzzy, line }: Draft, broken: () => UserError, file: string): void {
  const id = fields.get('msgid');
  const texts = fields.has('msgstr') ? [fields.get('msgstr') ?? ''] : pluralsOf(fields);
  const [first] = texts;
  if (id === undefined || first === undefined) throw broken();
  const context = fields.get('msgctxt');
  const plural = fields.get('msgid_plural');
  const named = `${context === undefined ? '' : `${context}\u0004`}${id}`;
  const isHeader = named === '';
  if (first === '' || (isFuzzy && !isHeader)) return;
  if (messages.has(named)) throw refused(`translates \`${Buffer.from(id, 'latin1').toString()}\` a second time`, file, line);
  messages.set(named, {
    key: plural === undefined ? named : `${named}\0${plural}`,
    text: isHeader ? first.replace(CREATED, '') : texts.join('\0'),
  });
}

/** When the template was written; left out by msgfmt since 0.20 (its NEWS), so that it changes nothing. */
const CREATED = /^POT-Creation-Date:.*\n/m;

function pluralsOf(fields: ReadonlyMap<string, string>): string[] {
  const texts: string[] = [];
  for (let i = 0; fields.has(`msgstr[${i}]`); i += 1) texts.push(fields.get(`msgstr[${i}]`) ?? '');
  return texts;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', r: '\r', f: '\f', v: '\v', a: '\x07', '"': '"', '\\': '\\' };

/** Strings side by side are one; C's escapes, as msgfmt knows them. */
function unescaped(string: string, file: string, line: number): string {
  const inner = [...string.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, text]) => text).join('');
  return inner.replaceAll(/\\(?:x([0-9a-fA-F]+)|([0-7]{1,3})|(.?))/g, (all, hex?: string, octal?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16) & 0xff);
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    const known = ESCAPES[letter ?? ''];
    if (known === undefined) throw refused(`has an escape that nobody knows: \`${all}\``, file, line);
    return known;
  });
}

const refused = (what: string, file: string, line: number): UserError =>
  new UserError(`this .po file ${what}`, 'mend it (`msgfmt --check` says more), or set `build: {translations: none}` in plimsoll.yaml', {
    file,
    line,
  });
