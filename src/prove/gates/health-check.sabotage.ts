import { addFiles, inTurn, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

const LEAK = replaceIn(
  'app/main.py',
  '@app.get("/health")\nasync def health() -> dict[str, str]:\n',
  'connections = asyncio.Semaphore(1)\n\n\n@app.get("/health")\nasync def health() -> dict[str, str]:\n    await connections.acquire()\n',
);

export const sabotages: readonly Sabotage[] = [
  {
    name: 'each check takes a connection and never gives it back',
    service: 'python-fastapi',
    edit: inTurn(LEAK, addFiles({ 'plimsoll.yaml': 'healthCheck:\n  timeout: 2 s\n  retries: 2\n' })),
  },
  {
    name: 'the check asks nobody',
    service: 'python-fastapi',
    editConfig: (image) => ({
      ...image,
      config: { ...image.config, Healthcheck: { ...image.config?.Healthcheck, Test: ['CMD', 'python3', '-c', 'print("fine")'] } },
    }),
  },
];
