import { expect, test } from 'vitest';
import { textFile } from '../../text.ts';
import { parseRequirements } from './file.ts';

const read = (text: string) => {
  const file = textFile('requirements.txt', text);
  return parseRequirements(file).map((e) => {
    const span = e.kind === 'requirement' ? e.requirement.span : e.span;
    const { line, column } = file.position(span.from);
    return [
      e.kind,
      `${line}:${column}`,
      file.text.slice(span.from, span.to),
      e.kind === 'requirement' ? e.hashes : 'target' in e ? e.target : undefined,
    ];
  });
};

test.each([
  [
    'a comment ends at a blank before it',
    'flask # web\nx @ https://e.com/a#egg=x\n',
    [
      ['requirement', '1:1', 'flask', 0],
      ['requirement', '2:1', 'x @ https://e.com/a#egg=x', 0],
    ],
  ],
  [
    'hashes on continued lines belong to their requirement',
    'a==1 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\nb==2\n',
    [
      ['requirement', '1:1', 'a==1', 2],
      ['requirement', '4:1', 'b==2', 0],
    ],
  ],
  [
    'includes are read in each spelling',
    '-r a.txt\n-rb.txt\n--requirement c.txt\n--requirement=d.txt\n-c e.txt\n',
    [
      ['include', '1:1', '-r a.txt', 'a.txt'],
      ['include', '2:1', '-rb.txt', 'b.txt'],
      ['include', '3:1', '--requirement c.txt', 'c.txt'],
      ['include', '4:1', '--requirement=d.txt', 'd.txt'],
      ['constraint', '5:1', '-c e.txt', 'e.txt'],
    ],
  ],
  [
    'options are the installer’s',
    '--index-url https://e.com/simple\n--pre\n',
    [
      ['option', '1:1', '--index-url https://e.com/simple', undefined],
      ['option', '2:1', '--pre', undefined],
    ],
  ],
  [
    'paths and files have no name',
    '-e .\n./lib\nhttps://e.com/a.whl\n',
    [
      ['location', '1:1', '-e .', '.'],
      ['location', '2:1', './lib', './lib'],
      ['location', '3:1', 'https://e.com/a.whl', 'https://e.com/a.whl'],
    ],
  ],
  [
    'lines may end in CRLF and the last in nothing',
    'a==1\r\n\r\nb==2',
    [
      ['requirement', '1:1', 'a==1', 0],
      ['requirement', '3:1', 'b==2', 0],
    ],
  ],
  ['anything else is said to be unreadable', 'a b c\n', [['unreadable', '1:1', 'a b c', undefined]]],
])('%s', (_, text, expected) => {
  expect(read(text)).toEqual(expected);
});
