import { expect, test } from 'vitest';
import { declaredVariables } from './declared-variables.ts';

test.each([
  ['.env.example', 'A=1\nexport B="x"\n# C=\n#D=2\n# a sentence, with = in it\n', ['A', 'B', 'C', 'D']],
  [
    'compose.yaml',
    'services:\n  app:\n    build: .\n    environment:\n      A: x\n      B:\n  worker:\n    environment: [C=1, D]\n  db:\n    image: postgres:16\n    environment: {POSTGRES_PASSWORD: x}\n',
    ['A', 'B', 'C', 'D'],
  ],
  [
    'deploy/app.yaml',
    [
      'apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          env: [{name: A, value: x}, {name: B}]\n',
      'apiVersion: v1\nkind: ConfigMap\ndata: {C: x, settings.ini: y}\n',
      'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Secret, stringData: {D: x}}\n',
    ].join('---\n'),
    ['A', 'B', 'C', 'D'],
  ],
  ['ci.yaml', 'env: {A: x}\njobs: {b: {env: {C: 1}}}\n', []],
  ['chart/templates/app.yaml', 'kind: {{ .Values.kind }}\n', []],
  ['bomb.yaml', `services: &a [${'*a, '.repeat(3)}]\n`, []],
] as const)('%s declares the variables of the service, and no others', (path, text, names) => {
  expect(declaredVariables(path, text)).toEqual(names);
});
