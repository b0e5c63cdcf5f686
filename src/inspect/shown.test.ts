import { expect, test } from 'vitest';
import { openStore } from '../base/node.ts';
import { imageFromLayers, writeLayer, type Image, type ImageConfig } from '../image/index.ts';
import { inspectImage } from './inspect.ts';

const PASSWORD = 'geheim-bis-morgen';

async function image(config: NonNullable<ImageConfig['config']>): Promise<Image> {
  const store = await openStore();
  try {
    const createdBy = `RUN |1 API_TOKEN=${PASSWORD} /bin/sh -c curl --password ${PASSWORD} x`;
    const entry = { type: 'file', path: 'a', mode: 0o644, uid: 0, gid: 0, content: Buffer.from('a') } as const;
    const layer = await writeLayer([entry], { mtimeSeconds: 0, createdBy }, store);
    return imageFromLayers({ os: 'linux', architecture: 'amd64', config }, [layer], store);
  } finally {
    await store.close();
  }
}

test('secrets in the config and the history are shown by their beginning alone', async () => {
  const made = await image({ Env: [`DB_PASSWORD=${PASSWORD}`], Cmd: ['app', `--token=${PASSWORD}`], Labels: { 'api-key': PASSWORD } });
  const { config, layers } = await inspectImage(made, { ref: 'it' });
  expect(config).toEqual({
    Env: ['DB_PASSWORD=gehe… (17 characters)'],
    Cmd: ['app', '--token=gehe… (17 characters)'],
    Labels: { 'api-key': 'gehe… (17 characters)' },
  });
  expect(layers[0]?.createdBy).toBe('RUN |1 API_TOKEN=gehe… (17 characters) /bin/sh -c curl --password gehe… (17 characters) x');
});
