import { expect, test } from 'vitest';
import { editConfig } from './edit.ts';
import { readConfig } from './read.ts';

const edited = (text: string, ...values: Parameters<typeof editConfig>[1]): string => editConfig(text, values).after;

test('keys are set in an empty file, and in one of comments alone', () => {
  expect(edited('', [['server'], 'gunicorn'])).toBe('server: gunicorn\n');
  expect(edited('# mine\n', [['dockerfile', 'base'], 'python:3.12-slim'])).toBe('# mine\ndockerfile:\n  base: python:3.12-slim\n');
});

test('what stands there is not printed anew where the keys are new', () => {
  expect(edited('labels: {team: blue}   # ours', [['dockerfile', 'stages'], 'single'])).toBe(
    'labels: {team: blue}   # ours\ndockerfile:\n  stages: single\n',
  );
});

test('without a key nothing is edited', () => {
  expect(edited('a: {b: 1}')).toBe('a: {b: 1}');
});

test('comments and other keys stay', () => {
  const text = '# top\nname: x # why\n\n# about the port\nport: 8080\ndockerfile:\n  # one\n  stages: multi\n';
  const after = edited(text, [['dockerfile', 'base'], 'python:3.12-slim'], [['port'], 9000]);
  expect(after).toBe(text.replace('8080', '9000') + '  base: python:3.12-slim\n');
});

test('what is written is what is read', () => {
  const values = [
    [['python'], '3.11'],
    [['environment', 'A'], 'a: b # c'],
    [['command'], ['python3', '-c', 'x'.repeat(200)]],
  ] as const;
  expect(readConfig(edited('', ...values))).toEqual({ python: '3.11', environment: { A: 'a: b # c' }, command: values[2][1] });
});
