import type { Plan } from '../plan/index.ts';
import { runningOf } from './running.ts';
import { comment } from './words.ts';
import { field, map, plainMap, yamlText, type Yaml, type YamlMap } from './yaml.ts';

/** .github/workflows/image.yaml: judges the Dockerfile, builds the image, proves it, compares it with the one before a pull request, and looks for known holes. */
export function writeWorkflow(plan: Plan): string {
  const { name, variables } = runningOf(plan);
  const image = `${name}:checked`;
  const head = comment(
    `${name}: written by \`plimsoll init\`. It is yours: change what you like. Actions are named by whole versions: their makers can still move those; a commit's hash they cannot, and Dependabot or Renovate replaces a version by its hash and keeps it new. Secrets for the start are not needed: the proof gives dummies${variables.length === 0 ? '' : ', or what `prove.env` in plimsoll.yaml names'}.`,
  );
  return `${head}\n${yamlText(
    map(
      field('name', 'image'),
      field('on', plainMap({ push: plainMap({ branches: ['main'] }), pull_request: map() })),
      field('permissions', plainMap({ contents: 'read' }), 'Nothing more, unless a job asks for it.'),
      field(
        'concurrency',
        plainMap({ group: 'image-${{ github.ref }}', 'cancel-in-progress': true }),
        'A newer commit makes the older run needless.',
      ),
      field('jobs', map(field('image', job(image)))),
    ),
  )}`;
}

const IS_THERE = "steps.before.outputs.there == 'yes'";

const job = (image: string): YamlMap =>
  map(
    field('runs-on', 'ubuntu-24.04'),
    field('timeout-minutes', 30),
    field('permissions', plainMap({ contents: 'read', 'security-events': 'write' }), 'To show findings beside the code.'),
    field('steps', [
      uses('actions/checkout@v5.0.0', { 'persist-credentials': false, 'fetch-depth': 2 }),
      uses('actions/setup-node@v5.0.0', { 'node-version': 22 }),
      step('Judge the Dockerfile', 'npx --yes plimsoll lint --format sarif > lint.sarif'),
      upload('lint.sarif', 'plimsoll'),
      uses('docker/setup-buildx-action@v3.11.1'),
      uses('docker/build-push-action@v6.18.0', {
        context: '.',
        tags: image,
        outputs: `type=docker,dest=\${{ runner.temp }}/image.tar`,
        'cache-from': 'type=gha',
        'cache-to': 'type=gha,mode=max',
      }),
      step('Prove the image', 'npx --yes plimsoll prove --image "$RUNNER_TEMP/image.tar"'),
      ...comparison,
      step('Load the image', 'docker load --input "$RUNNER_TEMP/image.tar"'),
      map(
        field('name', 'Look for known holes'),
        field('id', 'scan'),
        field('uses', 'anchore/scan-action@v6.5.1'),
        field(
          'with',
          plainMap({ image, 'severity-cutoff': 'high', 'only-fixed': true, 'output-format': 'sarif' }),
          'Fails where a fix is to be had.',
        ),
      ),
      upload('${{ steps.scan.outputs.sarif }}', 'scan'),
    ]),
  );

/** In a pull request: the image of the branch that it goes to, beside this one. The first parent of the merge commit is that branch. */
const comparison: readonly YamlMap[] = [
  plainMap({
    name: 'Check out what the pull request would change',
    id: 'before',
    if: "github.event_name == 'pull_request'",
    run: 'git worktree add "$RUNNER_TEMP/before" HEAD^1\nif [ -f "$RUNNER_TEMP/before/Dockerfile" ]; then echo "there=yes" >> "$GITHUB_OUTPUT"; fi\n',
  }),
  map(
    field('if', IS_THERE),
    field('uses', 'docker/build-push-action@v6.18.0'),
    field(
      'with',
      plainMap({
        context: '${{ runner.temp }}/before',
        outputs: 'type=docker,dest=${{ runner.temp }}/before.tar',
        'cache-from': 'type=gha',
      }),
    ),
  ),
  map(
    field('name', 'Compare both'),
    field('if', IS_THERE),
    field(
      'run',
      'npx --yes plimsoll compare "$RUNNER_TEMP/before.tar" "$RUNNER_TEMP/image.tar" --service . --markdown "$GITHUB_STEP_SUMMARY"',
      'Fails where something got worse: larger by more than 5 %, a check that passed before, a new shell.',
    ),
  ),
];

const step = (name: string, run: string): YamlMap => plainMap({ name, run });

const uses = (action: string, inputs: Readonly<Record<string, Yaml>> = {}): YamlMap =>
  Object.keys(inputs).length === 0 ? plainMap({ uses: action }) : map(field('uses', action), field('with', plainMap(inputs)));

/** Also after a step that failed: it failed because of what is shown there. Forks may not write. */
const upload = (file: string, category: string): YamlMap =>
  map(
    field('if', '!cancelled() && github.event.pull_request.head.repo.fork != true'),
    field('uses', 'github/codeql-action/upload-sarif@v3.30.0'),
    field('with', plainMap({ sarif_file: file, category })),
  );
