import type { ImageConfig } from '../../image/index.ts';
import { addFiles, type Sabotage } from '../sabotage.test-support.ts';

/** As if the Dockerfile in the repository had made it. */
const byDockerfile = (image: ImageConfig): ImageConfig => ({
  ...image,
  history: (image.history ?? []).map((step) => ({ ...step, created_by: 'COPY . . # buildkit' })),
});
const dockerfile = (...lines: readonly string[]) =>
  addFiles({
    Dockerfile: ['FROM python:3.13-slim-trixie', 'WORKDIR /app', 'COPY . .', 'USER 10001:10001', ...lines, ''].join('\n'),
    '.dockerignore': '.git\n.venv\n**/__pycache__\n.env\n',
  });

export const sabotages: readonly Sabotage[] = [
  {
    name: 'the Dockerfile starts it by a shell',
    service: 'python-tcp',
    edit: dockerfile('CMD python3 server.py'),
    editConfig: byDockerfile,
  },
  {
    name: 'the Dockerfile goes back to root',
    service: 'python-tcp',
    edit: dockerfile('USER root', 'CMD ["python3", "server.py"]'),
    editConfig: byDockerfile,
  },
];
