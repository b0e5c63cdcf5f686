import { expect, test } from 'vitest';
import type { ContractVariable } from '../plan/index.ts';
import { parseEnvFile, valuesFor } from './values.ts';

const variable = (name: string, over: Partial<ContractVariable> = {}): ContractVariable => ({
  name,
  required: true,
  secret: false,
  because: [{ from: 'config', name }],
  ...over,
});
const at = { from: 'config', name: '.env.example' } as const;

test('what a person names wins by rank, and is given even to variables that nobody reads', () => {
  const given = valuesFor([variable('A'), variable('B'), variable('C')], {
    flags: { A: '1' },
    envFile: { A: '2', B: '2' },
    config: { B: '3', C: '3', D: '3' },
  });
  expect(given.map((it) => `${it.name}=${it.value} ${it.from}`)).toEqual(['A=1 flag', 'B=2 env-file', 'C=3 config', 'D=3 config']);
});

test('proposals and dummies go to required variables only, and a placeholder is no proposal', () => {
  const variables = [
    variable('A'),
    variable('B', { required: false }),
    variable('KEY'),
    variable('N', { type: 'integer' }),
    variable('SET', { value: 'x' }),
  ];
  const given = valuesFor(variables, {
    examples: [
      { name: 'A', value: 'a', at },
      { name: 'B', value: 'b', at },
      { name: 'KEY', value: '<your key>', at },
      { name: 'N', value: 'many', at },
    ],
  });
  expect(given.map((it) => `${it.name} ${it.from}`)).toEqual(['A example', 'KEY dummy', 'N dummy']);
  expect(given.find((it) => it.name === 'N')?.value).toBe('1');
});

test('an env file is read as docker reads it', () => {
  expect(parseEnvFile('\uFEFF# no\nA=1\n  B="two" # part\nC=\nHOST\nGONE\r\n', 'x.env', { HOST: 'h' })).toEqual({
    A: '1',
    B: '"two" # part',
    C: '',
    HOST: 'h',
  });
  expect(() => parseEnvFile('A=1\nA B=2', 'x.env', {})).toThrow(expect.objectContaining({ at: { file: 'x.env', line: 2 } }));
});
