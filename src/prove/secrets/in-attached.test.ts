import { describe, expect, test } from 'vitest';
import { sha256 } from '../../base/node.ts';
import { withAttachment, type Descriptor, type Image } from '../../image/index.ts';
import { plainImage } from '../python-image.test-support.ts';
import { secretsBeside } from './in-attached.ts';

const token = `dckr_pat_${[...'xQ3kV9-mT_7bRw2LcYz8HfN0sJd'].toReversed().join('')}`;
const PROVENANCE = 'https://slsa.dev/provenance/v1';

/** An image with a statement beside it, as BuildKit 0.34 writes it. */
function attested(statement: unknown): Image {
  const blobs = new Map<string, Buffer>();
  const add = (mediaType: string, value: unknown): Descriptor => {
    const bytes = Buffer.from(JSON.stringify(value));
    blobs.set(sha256(bytes), bytes);
    return { mediaType, digest: sha256(bytes), size: bytes.length };
  };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const layers = [{ ...add('application/vnd.in-toto+json', statement), annotations: { 'in-toto.io/predicate-type': PROVENANCE } }];
  const config = add('application/vnd.oci.image.config.v1+json', {
    architecture: 'unknown',
    os: 'unknown',
    rootfs: { type: 'layers', diff_ids: [] },
  });
  return {
    ...plainImage([]),
    attestations: [add(mediaType, { schemaVersion: 2, mediaType, config, layers })],
    async *blob({ digest }) {
      yield blobs.get(digest)!;
    },
  };
}

const found = async (image: Image) =>
  (await secretsBeside(image)).found.map(({ what, where }) => [what, where.replace(/^the attestation sha256:\w+ \(\S+\)(?:, )?/, '')]);
const provenance = (predicate: object): Image =>
  attested({ _type: 'https://in-toto.io/Statement/v0.1', predicateType: PROVENANCE, predicate });

describe('in a statement of how the image was made', () => {
  test('build arguments, the environment of steps and their commands are looked through', async () => {
    const image = provenance({
      buildDefinition: {
        externalParameters: {
          request: { args: { 'build-arg:API_TOKEN': 'Zq3vX8mK1tR7wB5nY2cJ', 'build-arg:LOGIN': token, 'build-arg:VERSION': '1.2' } },
        },
        internalParameters: {
          exec: { args: ['/bin/sh', '-c', 'DB_PASSWORD=correct-horse make'], env: ['PATH=/bin', 'APP_SECRET=k3yk3yk3y'] },
        },
      },
    });
    const args = 'predicate.buildDefinition.externalParameters.request.args';
    const exec = 'predicate.buildDefinition.internalParameters.exec';
    expect(await found(image)).toEqual([
      ['a value for `API_TOKEN`: Zq3v… (20 characters)', `${args}.build-arg:API_TOKEN`],
      ['Docker token dckr… (36 characters)', `${args}.build-arg:LOGIN`],
      ['a value for `DB_PASSWORD`: cor… (13 characters)', `${exec}.args`],
      ['a value for `APP_SECRET`: k3… (9 characters)', `${exec}.env`],
    ]);
  });

  test('the Dockerfile in it is read', async () => {
    const data = Buffer.from(`FROM scratch\nENV API_KEY=k3yk3yk3y\nRUN curl -H ${token} x\n`).toString('base64');
    const image = provenance({ source: { infos: [{ filename: 'Dockerfile', data }] } });
    expect((await found(image)).map(([what]) => what)).toEqual([
      'Docker token dckr… (36 characters)',
      'a value for `API_KEY`: k3… (9 characters)',
    ]);
  });

  test('names of secrets, references to them and hashes are none', async () => {
    const image = provenance({
      secrets: [{ id: 'api_token', optional: true }],
      args: {
        'build-arg:TOKEN_URL': 'https://id.internal/token',
        'build-arg:API_KEY': '',
        'frontend.caps': 'moby.buildkit.frontend.inputs',
      },
      env: ['API_TOKEN=${API_TOKEN}', 'PASSWORD_FILE=/run/secrets/x'],
      secretenv: [{ ID: 'token', name: 'API_TOKEN' }],
      layers: [{ digest: `sha256:${'0a1b2c3d'.repeat(8)}`, size: 3 }],
    });
    expect(await found(image)).toEqual([]);
  });
});

test('what is attached to an image is read: an envelope with a statement in it, and what stands in pairs of name and value', async () => {
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const payload = json({ predicate: { environment: [{ name: 'API_TOKEN', value: 'Zq3vX8mK1tR7wB5nY2cJ' }] } }).toString('base64');
  const bytes = json({
    payloadType: 'application/vnd.in-toto+json',
    payload,
    signatures: [{ keyid: '', sig: Buffer.alloc(70, 'ab').toString('base64') }],
  });
  const image = await withAttachment(plainImage([]), {
    artifactType: 'application/vnd.dsse.envelope.v1+json',
    bytes,
    annotations: { 'org.example.token': token },
  });
  expect(await found(image)).toEqual([
    ['Docker token dckr… (36 characters)', ' (org.example.token)'],
    ['a value for `API_TOKEN`: Zq3v… (20 characters)', 'payload.predicate.environment.API_TOKEN'],
  ]);
  expect((await secretsBeside(image)).documents).toBe(2);
});
