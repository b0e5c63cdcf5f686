import { isSecretName } from '../../base/index.ts';
import type { KeyValue } from '../../config/index.ts';
import { evaluate, parse, wordsOf } from '../../dockerfile/index.ts';
import { allSteps, lastOf, readStages, type Stage, type StageStep } from '../../lint/index.ts';
import { suiteNamed, type Plan } from '../../plan/index.ts';
import { factAt, leftOut, type DockerfileFact, type FactReader } from './fact.ts';
import { healthFacts } from './health-facts.ts';
import { packageFacts } from './package-facts.ts';
import { startFacts } from './start-facts.ts';
import { userFacts } from './user-facts.ts';

const READERS: readonly FactReader[] = [
  baseFacts,
  packageFacts,
  userFacts,
  workdirFacts,
  portFacts,
  variableFacts,
  labelFacts,
  healthFacts,
  stopFacts,
  startFacts,
];

/** The facts of the image that the last stage makes, beside what the Plan decides by itself. */
export function dockerfileFacts(text: string, plan: Plan): readonly DockerfileFact[] {
  const file = parse(text);
  const stage = readStages(file, evaluate(file)).at(-1);
  return stage === undefined ? [] : READERS.flatMap((read) => read(stage, plan));
}

function baseFacts({ base, from, parent }: Stage, { recipe }: Plan): readonly DockerfileFact[] {
  const step = { instruction: parent === undefined ? from : rootOf(parent).from };
  const fact = (keys: readonly KeyValue[]): DockerfileFact => factAt(step, 'base', base.reference, ...keys);
  if (!base.isKnown) return [leftOut(step, 'base', base.reference, 'only a build argument tells what it is')];
  if (recipe.base.kind === 'debian' && base.reference === `python:${recipe.python.version}-slim-${suiteNamed(recipe.base.suite).name}`)
    return [fact([])];
  if (base.name === 'python' || /(?:^|\/)amazonlinux$/.test(base.name)) return [fact([[['dockerfile', 'base'], base.reference]])];
  return [leftOut(step, 'base', base.reference, 'Plimsoll writes for `python` and Amazon Linux images')];
}

const rootOf = (stage: Stage): Stage => (stage.parent === undefined ? stage : rootOf(stage.parent));

function workdirFacts(stage: Stage, { contract }: Plan): readonly DockerfileFact[] {
  const step = lastOf(stage, 'WORKDIR');
  if (step === undefined) return [];
  const folder = step.workdir ?? wordsOf(step.instruction.args).join(' ');
  if (folder === contract.workingDir) return [factAt(step, 'workdir', folder)];
  return [leftOut(step, 'workdir', folder, `the application lies in ${contract.workingDir}`)];
}

function portFacts(stage: Stage, { contract }: Plan): readonly DockerfileFact[] {
  const exposed = stepsOf(stage, 'EXPOSE').flatMap((step) =>
    wordsOf(step.instruction.args).map((word) => ({ step, word: step.expanded(word) })),
  );
  const own = contract.ports[0]?.port;
  const isOwnThere = exposed.some(({ word }) => Number(word.replace('/tcp', '')) === own);
  return exposed.map(({ step, word }, i) => {
    const [, digits] = /^(\d+)(?:\/tcp)?$/.exec(word) ?? [];
    if (digits === undefined) return leftOut(step, 'port', word, 'a single TCP port is known');
    if (Number(digits) === own) return factAt(step, 'port', digits);
    if (isOwnThere || i > 0) return leftOut(step, 'port', word, 'a service has one port');
    return factAt(step, 'port', digits, [['port'], Number(digits)]);
  });
}

/** Variables for tools that install are of no use in the image that runs. */
const INSTALLERS = /^(?:PIP|UV|POETRY|PIPENV|PDM)_|^(?:PATH|VIRTUAL_ENV|DEBIAN_FRONTEND|HOME)$/;

function variableFacts(stage: Stage, { contract }: Plan): readonly DockerfileFact[] {
  const last = new Map(pairsOf(stage, 'ENV').map((each) => [each.name, each]));
  return [...last.values()].map(({ step, name, value }) => {
    const known = contract.environment.find((each) => each.name === name);
    if (INSTALLERS.test(name)) return leftOut(step, 'variable', `${name}=${value}`, 'the written Dockerfile has its own');
    if (isSecretName(name))
      return leftOut(step, 'variable', `${name}=…`, 'a secret belongs in no image: give it when the container starts');
    if (known?.value === value) return factAt(step, 'variable', `${name}=${value}`);
    if (value.includes('$')) return leftOut(step, 'variable', `${name}=${value}`, 'only a build argument tells its value');
    return factAt(step, 'variable', `${name}=${value}`, [['environment', name], value]);
  });
}

function labelFacts(stage: Stage, { contract }: Plan): readonly DockerfileFact[] {
  return pairsOf(stage, 'LABEL').map(({ step, name, value }) =>
    value.includes('$')
      ? leftOut(step, 'label', `${name}=${value}`, 'only a build argument tells its value')
      : factAt(step, 'label', `${name}=${value}`, ...(contract.labels[name] === value ? [] : [[['labels', name], value] as const])),
  );
}

function stopFacts(stage: Stage, { contract }: Plan): readonly DockerfileFact[] {
  const step = lastOf(stage, 'STOPSIGNAL');
  if (step === undefined) return [];
  const word = wordsOf(step.instruction.args)[0] ?? '';
  const signal = { '2': 'SIGINT', '3': 'SIGQUIT', '15': 'SIGTERM' }[word] ?? (word.startsWith('SIG') ? word : `SIG${word}`);
  if (signal === contract.stop.signal) return [factAt(step, 'stop signal', signal)];
  if (!['SIGTERM', 'SIGINT', 'SIGQUIT'].includes(signal))
    return [leftOut(step, 'stop signal', signal, 'known are SIGTERM, SIGINT and SIGQUIT')];
  return [factAt(step, 'stop signal', signal, [['stop', 'signal'], signal])];
}

const stepsOf = (stage: Stage, name: string): readonly StageStep[] =>
  allSteps(stage).filter(({ instruction }) => instruction.name === name);

const pairsOf = (stage: Stage, name: string): readonly { step: StageStep; name: string; value: string }[] =>
  stepsOf(stage, name).flatMap((step) =>
    step.instruction.args.form === 'pairs'
      ? step.instruction.args.pairs.map((pair) => ({ step, name: step.expanded(pair.name), value: step.expanded(pair.value) }))
      : [],
  );
