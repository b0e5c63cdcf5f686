import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applyEdits, parse } from '../dockerfile/index.ts';
import { lint, rules, type Context } from './index.ts';

/** The text without its marks, and where they were. */
function unmark(marked: string): { text: string; spans: readonly { start: number; end: number }[] } {
  const spans: { start: number; end: number }[] = [];
  let text = '';
  for (const part of marked.split(/([«»])/)) {
    if (part === '«') spans.push({ start: text.length, end: text.length });
    else if (part === '»') spans[spans.length - 1] = { start: spans.at(-1)?.start ?? 0, end: text.length };
    else text += part;
  }
  return { text, spans };
}

/** The files of an example as a folder. */
function contextOf(files: Readonly<Record<string, string>>): Context {
  const paths = Object.keys(files);
  return {
    kindOf: (path) => (Object.hasOwn(files, path) ? 'file' : paths.some((other) => other.startsWith(`${path}/`)) ? 'folder' : undefined),
    read: (path) => files[path],
  };
}

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  test.each(rule.examples.map((example) => [JSON.stringify(example.text), example] as const))('%s', (_text, example) => {
    const { text, spans } = unmark(example.text);
    const options = {
      only: [rule.id],
      ignore: example.ignore,
      ...(example.path === undefined ? {} : { path: example.path }),
      platformOf: (image: string): string | undefined => example.bases?.[image],
      hadolint: example.hadolint,
      contexts: example.files === undefined ? [] : [contextOf(example.files)],
    };
    const { findings } = lint(text, options);
    const { rangeOf } = parse(text);
    expect(findings.map((finding) => finding.range)).toEqual(spans.map(rangeOf));
    if (example.fixed === undefined) return;
    const fixed = applyEdits(
      text,
      findings.flatMap((finding) => finding.fix?.edits ?? []),
    );
    expect(fixed).toBe(example.fixed);
    expect(lint(fixed, options).findings).toEqual([]);
  });

  test('has an example of what is wrong and of what is right', () => {
    const marked = rule.examples.filter((example) => example.text.includes('«'));
    expect(marked.length).toBeGreaterThan(0);
    expect(marked.length).toBeLessThan(rule.examples.length);
    expect(marked.some((example) => example.fixed !== undefined)).toBe(rule.fixes !== 'none');
  });
});

describe('the rules', () => {
  test('are the files of the folder', () => {
    const files = readdirSync(new URL('rules', import.meta.url)).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
    expect(rules.map((rule) => `${rule.id}.ts`).toSorted()).toEqual(files.toSorted());
  });

  test('share no name', () => {
    const names = rules.flatMap((rule) => [rule.id, ...rule.aliases]);
    expect(new Set(names).size).toBe(names.length);
  });
});
