import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askOracle } from '../base/oracle.testing.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Why compose-go and the Kubernetes API cannot be asked here; undefined when they can. */
export { whyNoGo as whyNoOrchestrators } from '../base/oracle.testing.ts';

export interface Question {
  readonly kind: 'compose' | 'kubernetes' | 'bake';
  readonly text: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface OrchestratorAnswer {
  readonly problems: readonly string[];
  readonly model?: unknown;
}

/** What the files' own readers find wrong (conformance/orchestrators). */
export const askOrchestrators = (questions: readonly Question[]): readonly OrchestratorAnswer[] =>
  JSON.parse(askOracle('orchestrators', JSON.stringify(questions))) as readonly OrchestratorAnswer[];

const BOTOCORE = '1.44.5';
const CHECK_JSONSCHEMA = '0.39.0';
const venv = join(root, `node_modules/.cache/plimsoll/aws-and-actions/${BOTOCORE}-${CHECK_JSONSCHEMA}`);
const python = join(venv, 'bin/python');

function install(): string | undefined {
  try {
    if (!existsSync(join(venv, 'bin/check-jsonschema'))) {
      execFileSync('python3', ['-m', 'venv', venv], { stdio: 'pipe' });
      const packages = [`botocore==${BOTOCORE}`, `check-jsonschema==${CHECK_JSONSCHEMA}`];
      execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], { stdio: 'pipe' });
    }
    return undefined;
  } catch (error) {
    return `python3 with venv and pip is needed to install botocore: ${String(error).split('\n')[0]}`;
  }
}

/** Why botocore and the schema of GitHub's workflows cannot be asked here; undefined when they can. */
export const whyNoPython: string | undefined = install();

const ECS = `
import json, sys, botocore.session, botocore.validate
shape = botocore.session.get_session().get_service_model('ecs').shape_for('RegisterTaskDefinitionRequest')
ask = botocore.validate.ParamValidator()
print(json.dumps([ask.validate(json.loads(text), shape).generate_report() for text in json.load(sys.stdin)]))
`;

/** What botocore finds wrong with the input of RegisterTaskDefinition; empty when nothing. */
export const askEcs = (texts: readonly string[]): readonly string[] =>
  JSON.parse(execFileSync(python, ['-c', ECS], { input: JSON.stringify(texts), encoding: 'utf8' })) as readonly string[];

/** What the JSON Schema of GitHub's workflows, which check-jsonschema carries, finds wrong; undefined when nothing. */
export function askWorkflow(path: string): string | undefined {
  try {
    execFileSync(join(venv, 'bin/check-jsonschema'), ['--builtin-schema', 'vendor.github-workflows', path], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return undefined;
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout ?? error);
  }
}
