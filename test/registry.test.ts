import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { has, skopeo, startRegistry, type TestRegistry } from '../src/image/registry/registry.testing.ts';
import { jsonDocuments } from '../src/report/json/index.ts';
import { copyOf, fixtures, plimsoll, run, scratch } from './plimsoll.ts';

const place = scratch();
afterAll(place.remove);
const service = copyOf(join(fixtures, 'python-tcp/service'), join(place.folder, 'tcp'));
writeFileSync(join(service, 'plimsoll.yaml'), 'budget:\n  ready: 60 s\n');
// Its own store: what an earlier run knew of registries is not there.
const env = { HOME: place.folder };

describe.skipIf(!has('docker-registry') || !has('skopeo'))('an image and a registry', () => {
  let registry: TestRegistry;
  let ref: string;
  beforeAll(async () => {
    registry = await startRegistry(join(place.folder, 'registry'));
    ref = `${registry.host}/team/tcp:1`;
  });
  afterAll(() => registry.stop());

  test('`build --output registry:NAME` pushes it, and the digest that it prints is there', async () => {
    const end = await plimsoll(['build', service, '--output', `registry:${ref}`, '--json'], { env });
    const printed = jsonDocuments.build.parse(JSON.parse(end.stdout || 'null'));
    expect([end.code, printed.image.ref]).toEqual([0, `docker://${ref}`]);
    expect(printed.pushed).toBe(`${ref}@${printed.image.digest}`);
    const seen = JSON.parse(skopeo('inspect', '--tls-verify=false', `docker://${ref}`)) as { Digest: string };
    expect(seen.Digest).toBe(printed.image.digest);
  });

  test('`validate`, `compare` and `prove --image` take it from there', async () => {
    const valid = await plimsoll(['validate', ref], { env });
    expect([valid.code, valid.stdout]).toEqual([0, expect.stringContaining(`${ref}: every digest, size and diff id is right`)]);
    const compared = await plimsoll(['compare', ref, `docker://${ref}`, '--json'], { env });
    expect([compared.code, jsonDocuments.compare.parse(JSON.parse(compared.stdout)).folders]).toEqual([0, []]);
    const proven = await plimsoll(['prove', service, '--image', ref, '--only', 'non-root-user', '--json'], { env });
    const { gates, image } = jsonDocuments.prove.parse(JSON.parse(proven.stdout));
    expect(gates.find(({ id }) => id === 'non-root-user')?.outcome).toBe('passed');
    expect(image.ref).toBe(ref);
  });

  test('`build --push` keeps it here as well, and sends nothing that is there', async () => {
    const end = await plimsoll(['build', service, '--push', '--tag', `${registry.host}/team/tcp:2`], { env });
    expect([end.code, end.stdout]).toEqual([
      0,
      expect.stringMatching(/pushed: 0 of \d blobs sent\n127\.0\.0\.1:\d+\/team\/tcp:2@sha256:\w{64}\n$/),
    ]);
    expect((await plimsoll(['validate', join(service, '.plimsoll/image')], { env })).code).toBe(0);
  });

  test('`ship --push` pushes what is fit, and not what is not', async () => {
    const tag = (name: string): string => `${registry.host}/team/tcp:${name}`;
    const only = ['--only', 'size-budget,non-root-user'];
    const fit = await plimsoll(['ship', service, '--push', '--tag', tag('fit'), ...only], { env });
    expect([fit.code, fit.stdout]).toEqual([0, expect.stringMatching(/pushed .*\/team\/tcp:fit@sha256:/)]);
    const large = copyOf(service, join(place.folder, 'large'));
    writeFileSync(join(large, 'plimsoll.yaml'), 'budget:\n  size: 1 MB\n');
    const unfit = await plimsoll(['ship', large, '--push', '--tag', tag('unfit'), ...only], { env });
    expect([unfit.code, unfit.stdout]).toEqual([1, expect.stringContaining('not pushed: only what is fit is')]);
    const tags = JSON.parse(skopeo('list-tags', '--tls-verify=false', `docker://${registry.host}/team/tcp`)) as { Tags: string[] };
    expect(tags.Tags.toSorted()).toEqual(['1', '2', 'fit']);
  });

  test('a registry behind a private authority is trusted where NODE_EXTRA_CA_CERTS names it, and else not', async () => {
    const [key, certificate] = [join(place.folder, 'key.pem'), join(place.folder, 'certificate.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    run(place.folder, 'openssl', 'req', '-x509', ...curve, '-keyout', key, '-out', certificate, '-days', '2', ...subject);
    const closed = await startRegistry(join(place.folder, 'tls'), { tls: { key, certificate } });
    try {
      const to = ['build', service, '--output', `registry:${closed.host}/team/tcp:1`];
      const distrusted = await plimsoll(to, { env: { ...env, NODE_EXTRA_CA_CERTS: undefined } });
      expect([distrusted.code, distrusted.stderr]).toEqual([
        3,
        expect.stringMatching(/its certificate is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)\nhint: .*NODE_EXTRA_CA_CERTS/),
      ]);
      const trusted = { env: { ...env, NODE_EXTRA_CA_CERTS: certificate } };
      expect((await plimsoll(to, trusted)).code).toBe(0);
      expect((await plimsoll(['validate', `${closed.host}/team/tcp:1`], trusted)).code).toBe(0);
    } finally {
      await closed.stop();
    }
  });

  test('a registry that is not there is exit 3, with a way out', async () => {
    const end = await plimsoll(['validate', '127.0.0.1:3/team/tcp:1'], { env });
    expect([end.code, end.stderr]).toEqual([
      3,
      expect.stringMatching(/error: http:\/\/127\.0\.0\.1:3\/v2\/ cannot be reached \(ECONNREFUSED\)\nhint/),
    ]);
  });
});

test.each([
  [['build', '--push'], 'it is not said where to push to'],
  [['build', '--push', '--tag', 'team/app:1'], '`--tag team/app:1` names no registry to push to'],
  [['ship', '--output', 'registry:app'], '`--output registry:app` names no registry to push to'],
  [['build', '--output', 'registry:localhost/App:1'], '`localhost/App:1` names no image in a registry'],
  [['run', '--output', 'registry:localhost/app:1'], '`run` pushes nothing'],
])('%j is exit 2 before anything is built', async ([command = '', ...flags], what) => {
  const end = await plimsoll([command, service, ...flags], { env });
  expect([end.code, end.stderr]).toEqual([2, expect.stringContaining(`error: ${what}`)]);
  expect(end.stderr).toMatch(/\nhint: /);
});
