import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { lint } from './index.ts';

// Made up when the test runs, so that no scanner of sources finds a token here.
const token = `glpat-${createHash('sha256').update('seed').digest('base64url').replaceAll(/[_-]/g, 'x').slice(0, 20)}`;

test.each([
  `FROM debian:12\nRUN git clone https://oauth2:${token}@git.internal/a.git\n`,
  `FROM debian:12\nRUN <<EOF\ncurl -H "PRIVATE-TOKEN: ${token}" https://git.internal\nEOF\n`,
  `FROM debian:12\nENV X=${token}\n`,
  `FROM debian:12\nCMD ["app", "--token", "${token}"]\n`,
])('a token is found by its shape, once, at its place: %#', (text) => {
  const { findings } = lint(text, { only: ['secret-in-dockerfile'] });
  expect(findings.map(({ report: { span } }) => text.slice(span.start, span.end))).toEqual([token]);
  expect(findings[0]?.message).not.toContain(token);
});
