import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Descriptor } from '../src/image/index.ts';
import { startEngines, whyNoEngines, type Machine } from './engines/machine.testing.ts';
import { copyOf, plimsoll, root, run, scratch } from './plimsoll.ts';

const PATIENCE_MS = 1_800_000;

/** A generator of SBOMs: BuildKit, docs/attestations/sbom-protocol.md. It lists what lies at the top. */
const GENERATOR = `#!/bin/sh
cat > "$BUILDKIT_SCAN_DESTINATION/top.spdx.json" <<END
{"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://spdx.dev/Document", "predicate": {"spdxVersion": "SPDX-2.3", "name": "$(ls "$BUILDKIT_SCAN_SOURCE" | tr '\\n' ' ')"}}
END
`;

describe.skipIf(whyNoEngines !== undefined)('with BuildKit', () => {
  const place = scratch();
  const layout = join(place.folder, 'image');
  let machine: Machine;
  let service: string;
  beforeAll(async () => {
    machine = await startEngines();
    service = copyOf(join(root, 'examples/xml-listener'), join(place.folder, 'service'));
  }, PATIENCE_MS);
  afterAll(async () => {
    await machine?.stop();
    place.remove();
  });

  /** Pushes the generator to the registry; its name there. */
  function generator(): string {
    const name = `${machine.env['PLIMSOLL_REGISTRY']}/generator:1`;
    const folder = join(place.folder, 'generator');
    mkdirSync(folder);
    writeFileSync(join(folder, 'list'), GENERATOR, { mode: 0o755 });
    writeFileSync(join(folder, 'Dockerfile'), 'FROM python:3.12-slim\nCOPY list /list\nENTRYPOINT ["/list"]\n');
    const local = ['context', 'dockerfile'].flatMap((each) => ['--local', `${each}=${folder}`]);
    const output = `--output=type=image,name=${name},push=true`;
    run(
      folder,
      'env',
      ...Object.entries(machine.env).map(([key, value]) => `${key}=${value}`),
      'buildctl',
      'build',
      '--frontend=dockerfile.v0',
      ...local,
      output,
    );
    return name;
  }

  const build = async (...more: readonly string[]): Promise<string> => {
    const end = await plimsoll(['build', service, '--engine', 'buildkit', '--json', ...more], { env: machine.env });
    expect(end.code, end.stderr).toBe(0);
    return (JSON.parse(end.stdout) as { image: { digest: string } }).image.digest;
  };
  const blob = ({ digest }: Descriptor): unknown => JSON.parse(readFileSync(join(layout, 'blobs', digest.replace(':', '/')), 'utf8'));

  test(
    'provenance and an inventory lie beside the image, which is the same without them',
    async () => {
      const bare = await build();
      expect(await build('--provenance', 'max', '--sbom-generator', generator(), '--output', `oci:${layout}`)).toBe(bare);
      const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: [Descriptor] };
      const [image, attestation] = (blob(index.manifests[0]) as { manifests: [Descriptor, Descriptor] }).manifests;
      expect([image.digest, attestation.annotations?.['vnd.docker.reference.digest']]).toEqual([bare, bare]);
      const statements = (blob(attestation) as { layers: Descriptor[] }).layers.map((each) => blob(each) as Record<string, unknown>);
      expect(statements).toEqual([
        expect.objectContaining({
          predicateType: 'https://spdx.dev/Document',
          predicate: { spdxVersion: 'SPDX-2.3', name: expect.stringContaining(' etc ') },
        }),
        expect.objectContaining({
          predicateType: expect.stringContaining('https://slsa.dev/provenance/'),
          predicate: expect.objectContaining({ buildDefinition: expect.anything() }),
        }),
      ]);
      expect(await plimsoll(['validate', layout])).toMatchObject({ code: 0 });
      expect(run(place.folder, 'skopeo', 'inspect', '--format', '{{.Architecture}}', `oci:${layout}`)).not.toContain('unknown');
    },
    PATIENCE_MS,
  );

  test('a Docker archive is refused them before anything is built', async () => {
    const end = await plimsoll(['build', service, '--engine', 'buildkit', '--provenance', 'min', '--output', 'docker-archive:image.tar']);
    expect([end.code, end.stderr]).toEqual([2, expect.stringContaining('a Docker archive holds no provenance')]);
  });
});
