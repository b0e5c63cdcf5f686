import { expect, test } from 'vitest';
import { readConfig } from './documents.ts';

const read = (more: object) =>
  readConfig(Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] }, ...more })));

test('what Go writes as null in a config is not there', () => {
  expect(read({ config: null, history: null }).value).toEqual(read({}).value);
  expect(read({ config: { Env: null, Cmd: ['a'], Healthcheck: null, Labels: null } }).value?.config).toEqual({ Cmd: ['a'] });
});
