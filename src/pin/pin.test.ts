import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits } from '../dockerfile/index.ts';
import { anyDockerfile, directedDockerfiles } from '../dockerfile/dockerfiles.testing.ts';
import { askBuildkit, whyNoBuildkit } from '../dockerfile/buildkit.testing.ts';
import { evaluate, parse } from '../dockerfile/index.ts';
import { askOrchestrators, whyNoOrchestrators } from '../write/orchestrators.testing.ts';
import { canMove, imagesIn, tagOf, withDigest, type TakenImages } from './index.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

function read(path: string, text: string): TakenImages {
  const found = imagesIn(path, text);
  if (found === undefined || 'problem' in found) throw new Error(JSON.stringify(found));
  return found;
}
function pinned(path: string, text: string): string {
  const { references, built } = read(path, text);
  return applyEdits(
    text,
    references.filter((reference) => !built.includes(reference.text)).map((reference) => withDigest(reference, DIGEST)),
  );
}
/** `@` stands for a digest that is to come there: the text without them is what is pinned. */
const expectPinned = (path: string, marked: string): void =>
  expect(pinned(path, marked.replaceAll('@', ''))).toBe(marked.replaceAll('@', `@${DIGEST}`));
const left = (path: string, text: string) =>
  read(path, text).left.map(
    ({ text: name, range, why, floats }) => `${range.start.line}:${range.start.column} ${name} ${floats ? 'floats' : 'is given'}: ${why}`,
  );

const dockerfiles: Readonly<Record<string, string>> = {
  'FROM, and stages of its own are no images':
    '#!/x\nFROM  --platform=$BUILDPLATFORM python:3.12-slim@  AS Build \r\nRUN true\r\nFROM build\r\nFROM scratch\r\nCOPY --from=BUILD --chown=1 /a /b\r\nCOPY --from=0 /a /b\r\n',
  '`COPY --from` and mounts, ONBUILD too':
    'FROM debian:12@\nCOPY --link --from=ghcr.io/astral-sh/uv:0.5@ /uv /bin/\nRUN --mount=type=cache,target=/c \\\n  --mount=type=bind,from=busybox:1@,target=/x  true\nONBUILD COPY --from=nginx:1.27@ /a /b\n',
  '`# syntax=`, a port and a path in the name': '# syntax = docker/dockerfile:1.7@\n# a comment\nFROM localhost:5000/team/app/web:1.2@\n',
  'the default of an ARG that is the whole name':
    'ARG BASE="python:3.12-slim@" # no comment\nARG OTHER=x\nFROM ${BASE} AS a\nFROM $BASE AS b\nFROM "$BASE"\n',
  'an ARG whose default is another ARG': 'ARG A=python:3.12@\nARG B=$A\nFROM ${B}\n',
  'a default inside the word': 'ARG BASE\nFROM ${BASE:-python:3.12@}\n',
};

describe('a Dockerfile', () => {
  test.each(Object.entries(dockerfiles))('%s', (_, marked) => expectPinned('Dockerfile', marked));

  test('a name without a tag gets the tag that it means, so that its digest can be moved later', () => {
    expect(pinned('Dockerfile', 'FROM python\n')).toBe(`FROM python:latest@${DIGEST}\n`);
    const [bare] = read('Dockerfile', `FROM python@${OTHER}\n`).references;
    expect(bare && canMove(bare)).toBe(false);
    expect(tagOf('localhost:5000/python')).toBe('localhost:5000/python:latest');
  });

  test('a digest that is there is replaced, in an ARG too', () => {
    const before = `ARG BASE=python:3.12@${OTHER}\nFROM $BASE\nFROM debian:12@${OTHER}\n`;
    expect(pinned('Dockerfile', before)).toBe(before.replaceAll(OTHER, DIGEST));
  });

  test.each([
    ['ARG VERSION=3.12\nFROM python:${VERSION}-slim\n', '2:6 python:3.12-slim floats: `VERSION` is a part of its name'],
    ['ARG V=3.12\nARG BASE=python:$V\nFROM $BASE\n', '3:6 python:3.12 floats: `V` is a part'],
    ['FROM python:${V:-3.12}\n', '1:6 python:3.12 floats: `V` is a part'],
    ['ARG BASE\nFROM $BASE\n', '2:6 $BASE is given: ARG `BASE` has no default'],
    ['ARG TAG\nFROM python:$TAG\n', '2:6 python:$TAG is given: `TAG` has no default'],
    [`ARG V=3\nFROM python:$V@${OTHER}\n`, `2:6 python:$V@${OTHER} is given: its digest decides, whatever`],
    ['ARG BASE=python:3.12\nFROM $BASE\nFROM ${BASE}-slim\n', '2:6 python:3.12 floats: ARG `BASE` is also a part of another name'],
    ['ARG BASE=python:3.12\nFROM $BASE\nARG BASE\nRUN echo $BASE\n', '2:6 python:3.12 floats: ARG `BASE` is also used inside a stage'],
    ['FROM py\\\nthon:3.12\n', '1:6 python:3.12 floats: it is written with escapes or over several lines'],
  ])('%j: where no digest can be kept in truth, that is told', (text, told) => {
    expect(left('Dockerfile', text)[0]).toContain(told);
    expect(pinned('Dockerfile', text)).toBe(text);
  });

  test('what BuildKit would refuse is told with its place', () => {
    expect(imagesIn('Dockerfile', 'FROM a\nNOSUCH x\n')).toMatchObject({
      problem: expect.stringContaining('NOSUCH'),
      at: { line: 2, column: 1 },
    });
  });
});

describe.skipIf(whyNoBuildkit !== undefined)('BuildKit', () => {
  test('reads a pinned Dockerfile as before, and takes the same images, each with its digest', () => {
    const before = Object.values(dockerfiles).map((marked) => marked.replaceAll('@', ''));
    const after = before.map((text) => pinned('Dockerfile', text));
    const imagesOf = (text: string): readonly string[] => evaluate(parse(text)).images.map(({ name }) => name);
    expect(after.map(imagesOf)).toEqual(before.map((text) => imagesOf(text).map((name) => `${name}@${DIGEST}`)));
    const [theirs, theirsBefore] = [askBuildkit(after), askBuildkit(before)];
    expect(theirs.map(({ parseError, stageError, buildError }) => [parseError, stageError, buildError])).toEqual(
      before.map(() => [undefined, undefined, undefined]),
    );
    const shape = (answer: (typeof theirs)[number]): unknown => JSON.parse(JSON.stringify(answer.tree).replaceAll(`@${DIGEST}`, ''));
    expect(theirs.map(shape)).toEqual(theirsBefore.map((answer) => answer.tree));
  });
});

const COMPOSE = `# what runs here
x-base: &base
  image: 'python:3.12@'   # quoted
  restart: always
x-image: &image postgres:16@
services:
  web:   { <<: *base, command: ["a"] }
  worker:
    <<: [*base]
  db:
    image: *image
  cache: {image: redis:7@, ports: ["1:1"]}
  given:
    image: "\${IMAGE:-nginx:1.27@}"
  nested:
    image: \${A:-\${B-busybox:1@}}
  ours:
    build: .
    image: team/app:1
  ours-again:
    image: team/app:1
`;

describe('a compose file', () => {
  test('lists behind `<<` bring services in, and what leads in a circle has an end', () => {
    expectPinned('compose.yaml', 'x-a: &a {a: {image: x:1@}}\nx-b: &b {b: {image: y:1@}}\nservices:\n  <<: [*a, *b]\n');
    expectPinned('compose.yaml', 'services: &s\n  <<: *s\n  x: &x\n    <<: [*x, *x]\n    image: a:1@\n');
  });

  test('what `!reset` takes away names no image', () => {
    const text = 'services:\n  a:\n    image: !reset null\n  b:\n    image: !reset nginx:1\n';
    expect(pinned('compose.yaml', text)).toBe(text);
    expectPinned('compose.yaml', 'services:\n  a:\n    image: !override nginx:1@\n');
  });

  test('services, anchors, merges, flow maps and defaults are pinned where they stand, and nothing else changes', () => {
    expectPinned('compose.yaml', COMPOSE);
    expectPinned('compose.yaml', COMPOSE.replaceAll('\n', '\r\n'));
  });

  test.each([
    ['python:${TAG:-3.12}', '3:12 python:${TAG:-3.12} floats: `TAG` is a part of its name'],
    ['${REGISTRY:-docker.io}/python:${TAG:-3}', 'floats: `REGISTRY` is a part'],
    ['python:${TAG}', '3:12 python:${TAG} is given: the environment names the image (`TAG`)'],
    ['${IMAGE?must be set}', 'is given: the environment names the image (`IMAGE`)'],
    ['Python:3', 'is given: it names no image'],
  ])('%s: where no digest can be kept in truth, that is told', (image, told) => {
    const text = `services:\n  a:\n    image: ${image}\n`;
    expect(left('compose.yaml', text)[0]).toContain(told);
    expect(pinned('compose.yaml', text)).toBe(text);
  });

  test('names of images that it builds are told apart: another service, or another file, may use them', () => {
    expect(read('compose.yaml', COMPOSE.replaceAll('@', '')).built).toEqual(['team/app:1']);
  });

  test('what is no YAML is told with its place; YAML of something else is none of ours', () => {
    expect(imagesIn('compose.yaml', 'services:\n  a: [\n')).toMatchObject({ at: { line: 3 } });
    expect(imagesIn('values.yaml', 'image: {{ .Values.image }}\nkind: x: y\n')).toMatchObject({
      hint: expect.stringContaining('template'),
    });
    expect(imagesIn('workflow.yml', 'jobs: {a: {container: {image: python}}}\n')).toBeUndefined();
  });
});

const KUBERNETES = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers:
        - {name: first, image: busybox:1@}
      containers:
        # the service
        - image: "python:3.12-slim@"
          name: web
        - name: side
          image: >-
            redis:7@
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: job}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: job, image: registry.example:5000/team/job:2@}]
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata: {name: pod}
    spec:
      containers: [{name: a, image: nginx:1.27@}]
      ephemeralContainers: [{name: b, image: alpine:3.20@}]
      volumes: [{name: v, image: {reference: "models:1@"}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {a.yaml: "containers: [{image: python}]"}
`;

test('manifests of Kubernetes: all documents, kinds and lists of containers', () => {
  expectPinned('deploy.yaml', KUBERNETES);
});

describe.skipIf(whyNoOrchestrators !== undefined)('their own readers', () => {
  test('take what was pinned, with the digests where the images were', () => {
    const objects = KUBERNETES.split('---\n').filter((text) => !text.includes('kind: List'));
    const before = [COMPOSE, ...objects].map((text) => text.replaceAll('@', ''));
    const kindOf = (i: number) => (i === 0 ? ('compose' as const) : ('kubernetes' as const));
    const after = before.map((text, i) => pinned(i === 0 ? 'compose.yaml' : 'deploy.yaml', text));
    const ask = (texts: readonly string[]) => askOrchestrators(texts.map((text, i) => ({ kind: kindOf(i), text })));
    const [old, now] = [ask(before), ask(after)];
    expect(now.map(({ problems }) => problems)).toEqual(old.map(({ problems }) => problems));
    expect(now[0]?.problems).toEqual([]);
    const images = (value: unknown): string[] => [...JSON.stringify(value).matchAll(/"image":"([^"]+)"/g)].map(([, name = '']) => name);
    const named = (name: string): string => (name === 'team/app:1' ? name : `${name}@${DIGEST}`);
    expect(images(now[0]?.model)).toEqual(images(old[0]?.model).map(named));
    expect(images(now[0]?.model).length).toBeGreaterThan(6);
  });
});

test('in any Dockerfile that BuildKit would take, digests are all that is added, and each image stays the one it was', () => {
  const texts = [...directedDockerfiles, ...fc.sample(anyDockerfile, { numRuns: 800, seed: 7 })];
  let changed = 0;
  for (const text of texts) {
    const before = evaluate(parse(text), { argumentsGiven: true });
    const found = imagesIn('Dockerfile', text);
    if (found === undefined || 'problem' in found) continue;
    const fresh = found.references.filter(({ digest }) => digest === undefined);
    const after = applyEdits(
      text,
      fresh.map((reference) => withDigest(reference, DIGEST)),
    );
    if (after === text) continue;
    changed += 1;
    expect(after.replaceAll(`@${DIGEST}`, '').replaceAll(':latest', '')).toBe(text.replaceAll(':latest', ''));
    const now = evaluate(parse(after), { argumentsGiven: true });
    expect(now.problems).toEqual([]);
    const bare = (name: string): string => name.replace(`@${DIGEST}`, '').replace(/:latest$/, '');
    expect(now.images.map(({ name }) => bare(name))).toEqual(before.images.map(({ name }) => bare(name)));
  }
  expect(changed).toBeGreaterThan(100);
});
