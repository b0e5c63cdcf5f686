import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compilePo } from './index.ts';

const hasMsgfmt = spawnSync('msgfmt', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-po-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n';
const message = (id: string, text: string): string => `msgid "${id}"\nmsgstr "${text}"\n\n`;

/** The GNU program's own bytes. */
function msgfmt(po: Uint8Array): Buffer {
  const [from, to] = [join(folder, 'x.po'), join(folder, 'x.mo')];
  writeFileSync(from, po);
  const end = spawnSync('msgfmt', ['--no-hash', '--endianness=little', '-o', to, from], { encoding: 'utf8' });
  if (end.status !== 0) throw new Error(end.stderr);
  return readFileSync(to);
}

const files = {
  'a header alone': HEADER,
  'a header with its dates': HEADER.replace(
    '"Plural',
    '"POT-Creation-Date: 2023-09-18 11:41-0300\\n"\n"PO-Revision-Date: 2023-12-04 06:49+0000\\n"\n"Plural',
  ),
  'messages in another order': HEADER + message('b', 'B') + message('a', 'A') + message('B', 'x') + message('ab', 'y') + message('é', 'ê'),
  'contexts, plurals, and both': `${HEADER}msgctxt "menu"\nmsgid "open"\nmsgstr "öffnen"\n\n${message('open', 'offen')}msgid "%d day"\nmsgid_plural "%d days"\nmsgstr[0] "%d Tag"\nmsgstr[1] "%d Tage"\n\nmsgctxt "x"\nmsgid "one"\nmsgid_plural "many"\nmsgstr[0] "eins"\nmsgstr[1] "viele"\n`,
  'keys of which one begins another': `${HEADER}${message('day', 'Tag')}msgid "da"\nmsgid_plural "days"\nmsgstr[0] "d"\nmsgstr[1] "D"\n\n${message('da\\001', 'z')}`,
  'what is fuzzy, obsolete, untranslated or of before': `${HEADER}#, fuzzy\n#| msgid "old"\nmsgid "f"\nmsgstr "F"\n\n#, c-format, fuzzy\nmsgid "g"\nmsgstr "G"\n\n${message('u', '')}#, c-format\n${message('kept', 'bleibt')}#~ msgid "o"\n#~ msgstr "O"\n`,
  'a header that is fuzzy': `#, fuzzy\n${HEADER}${message('a', 'A')}`,
  'no blank lines, and texts over several lines': `${HEADER.trim()}\nmsgid "a "\n"b"\nmsgstr "A "\n "B"\n#. note\nmsgid "c\\n"\nmsgstr ""\n"C\\n" "\\""\n"D\\n"`,
  escapes: HEADER + message('q', String.raw`\"a\" \\ \t\n \a \101 \x41 \303\244`),
  'Windows line ends': (HEADER + message('a', 'A')).replaceAll('\n', '\r\n'),
  'a plural whose first form is empty': `${HEADER}msgid "a"\nmsgid_plural "b"\nmsgstr[0] ""\nmsgstr[1] "B"\n`,
} as const;

test.skipIf(!hasMsgfmt).each(Object.entries(files))('makes of %s what msgfmt makes', (_, text) => {
  const po = Buffer.from(text);
  expect(Buffer.from(compilePo(po, 'x.po')).toString('hex')).toBe(msgfmt(po).toString('hex'));
});

test.skipIf(!hasMsgfmt)('another charset stays as it is', () => {
  const po = Buffer.from(HEADER.replace('UTF-8', 'ISO-8859-1') + message('a', 'ä'), 'latin1');
  const own = Buffer.from(compilePo(po, 'x.po')).toString('latin1');
  expect(own).toContain('charset=ISO-8859-1');
  expect(own).toContain('\0ä\0');
});

test.each([
  ['msgid "a"\nmsgstr "b" c\n', 2, 'cannot be read'],
  ['msgid "a"\nmsgstr "b\\q"\n', 2, 'escape'],
  ['msgid "a"\nmsgstr "b"c"\n', 2, 'cannot be read'],
  ['msgid "a"\nmsgid "b"\nmsgstr "c"\n', 2, 'twice'],
  ['msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', 4, 'a second time'],
  ['\nmsgstr "b"\n', 3, 'no whole message'],
  ['"b"\n', 1, 'belongs to no keyword'],
])('%j is refused at its line, as msgfmt refuses it', (text, line, says) => {
  expect(() => compilePo(Buffer.from(text), 'x.po')).toThrow(
    expect.objectContaining({ message: expect.stringContaining(says), at: { file: 'x.po', line } }),
  );
  if (hasMsgfmt) expect(() => msgfmt(Buffer.from(text))).toThrow();
});
