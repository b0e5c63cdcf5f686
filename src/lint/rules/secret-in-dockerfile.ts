import { developmentSaidBy } from '../purpose.ts';
import { rule } from '../types.ts';
import { reportOn } from './parts/report.ts';
import { secretsOf } from './parts/secrets.ts';

export const secretInDockerfile = rule({
  id: 'secret-in-dockerfile',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'No password, token or private key is written into the Dockerfile.',
  why: 'It is in the repository, and values of ENV, ARG and RUN stay in the image and its history, for everyone who can pull it.',
  source: 'Docker, "Build secrets"; the token formats that their makers document',
  examples: [
    { text: 'FROM alpine:3.20\nENV DB_PASSWORD=«hunter2-7Kq»\n' },
    { text: 'FROM alpine:3.20\nARG NPM_TOKEN=«8f14e45fceea167a»\nRUN npm ci\n' },
    { text: 'FROM alpine:3.20\nRUN curl -H «"PRIVATE-TOKEN: k3Yq9-vNm2-1xWz"» https://git.internal/a.tgz\n' },
    { text: 'FROM alpine:3.20\nRUN pip install --index-url https://ci:«Zk4-81hs»@pypi.internal/simple app\n' },
    { text: 'FROM node:22\nRUN echo "//npm.internal/:_authToken=«8f14e45fceea167a»" > .npmrc\n' },
    { text: 'FROM alpine:3.20\nARG NPM_TOKEN\nENV DB_PASSWORD="" API_TOKEN=${TOKEN} SECRET_KEY=change-me TOKEN_FILE=/run/secrets/token\n' },
    { text: 'FROM postgres:17\nENV POSTGRES_PASSWORD=twelve-7Kq\n', path: 'db/test/Dockerfile' },
    { text: 'FROM alpine:3.20\nARG NPM_TOKEN=«8f14e45fceea167a»\nRUN npm ci\n', path: 'test/Dockerfile' },
    { text: 'FROM python:3.12\nRUN SECRET_KEY=dummy-for-build python manage.py collectstatic\n' },
    { text: 'FROM alpine:3.20\nENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305 NEXT_PUBLIC_API_KEY=pk8f14e45f\n' },
    { text: 'FROM alpine:3.20\nENV DATABASE_URL=postgres://app:app@db/app\nRUN curl -u "ci:$PASSWORD" https://git.internal\n' },
    {
      text: 'FROM alpine:3.20\nRUN --mount=type=secret,id=token curl -H "Authorization: Bearer $(cat /run/secrets/token)" https://git.internal\n',
    },
  ],
  *detect({ stages, file, path }) {
    const isForTests = developmentSaidBy(file, path) !== undefined;
    for (const step of stages.flatMap(({ steps }) => steps)) {
      for (const { span, what } of secretsOf(step, file.text)) {
        if (isForTests && OF_A_TEST.test(what)) continue;
        yield reportOn(
          step.instruction,
          span,
          `${what} is written here: give it with \`RUN --mount=type=secret\` or when the container starts, and replace it`,
        );
      }
    }
  },
});

/** Databases and users of tests have passwords that everybody may know; tokens are for something outside. */
const OF_A_TEST = /^the value of `[^`]*pass|^the password of a user$/i;
