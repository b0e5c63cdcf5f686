import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyDockerfile, buildableDockerfile } from '../dockerfile/dockerfiles.testing.ts';
import { evaluate, parse } from '../dockerfile/index.ts';
import { fix } from './index.ts';

const hadolint = (text: string, ...only: string[]): string =>
  fix(text, { preset: 'hadolint', unsafe: true, ...(only.length > 0 ? { only } : {}) }).text;

test('many fixes in one file do not clash', () => {
  const text = 'from alpine AS Build\r\nENV A  b c\r\nRun echo \\\r\n\r\n  x\r\nEXPOSE 1.2.3.4:80:80/TCP\r\n';
  expect(fix(text, { preset: 'buildkit' }).text).toBe('FROM alpine AS build\r\nENV A="b c"\r\nRUN echo \\\r\n  x\r\nEXPOSE 80/tcp\r\n');
});

test('an unsafe fix is made when it is asked for', () => {
  const text = 'FROM alpine\nCMD a b\n';
  expect(fix(text, { preset: 'buildkit' }).text).toBe(text);
  expect(fix(text, { preset: 'buildkit', unsafe: true }).text).toBe('FROM alpine\nCMD ["a", "b"]\n');
});

test('a fix of an unsafe rule is made at once where it surely leaves the image as it is', () => {
  const safely = (text: string): string => fix(text, { preset: 'hadolint', only: ['DL3000', 'DL3045'] }).text;
  expect(safely('FROM scratch\nCOPY a b/\nWORKDIR c\n')).toBe('FROM scratch\nCOPY a /b/\nWORKDIR /c\n');
  expect(safely('FROM a:1\nWORKDIR /srv\nWORKDIR b\n')).toBe('FROM a:1\nWORKDIR /srv\nWORKDIR /srv/b\n');
  for (const kept of ['FROM alpine:3.20\nCOPY a b\nWORKDIR c\n', 'FROM a:1\nARG A\nWORKDIR /srv/$A\nWORKDIR b\n']) {
    expect(safely(kept)).toBe(kept);
    expect(fix(kept, { preset: 'hadolint', only: ['DL3000', 'DL3045'], unsafe: true }).text).not.toBe(kept);
  }
});

describe.each(['buildkit', 'hadolint'] as const)('with the preset %s', (preset) => {
  test('what is fixed still builds, has fewer findings, and is not fixed again', () => {
    let changed = 0;
    fc.assert(
      fc.property(fc.oneof(anyDockerfile, buildableDockerfile), (text) => {
        const options = { preset, unsafe: true } as const;
        const once = fix(text, options);
        if (once.fixed.length > 0) changed += 1;
        if (evaluate(parse(text)).problems.length === 0) expect(evaluate(parse(once.text)).problems).toEqual([]);
        expect(fix(once.text, options).text).toBe(once.text);
      }),
      { numRuns: preset === 'buildkit' ? 3000 : 300, seed: 10 },
    );
    expect(changed).toBeGreaterThan(preset === 'buildkit' ? 1000 : 50);
  });
});

test('several findings in one RUN are all mended', () => {
  expect(
    hadolint('FROM debian:12\nRUN apt update && apt install curl=1 && apt install -y jq=2 && pip install a==1 && pip install b==2\n'),
  ).toBe(
    'FROM debian:12\nRUN apt-get update && apt-get install --no-install-recommends -y curl=1' +
      ' && apt-get install --no-install-recommends -y jq=2 && pip install --no-cache-dir a==1 && pip install --no-cache-dir b==2 \\\n' +
      '    && rm -rf /var/lib/apt/lists/*\n',
  );
});

describe('RUNs that are merged', () => {
  const merge = (text: string): string => hadolint(text, 'DL3059');

  test('keep the comments between them, and CRLF', () => {
    expect(merge('FROM a:1\r\nRUN a\r\n\r\n# why b\r\nRUN b\r\nRUN c\r\n')).toBe(
      'FROM a:1\r\nRUN a \\\r\n# why b\r\n    && b \\\r\n    && c\r\n',
    );
  });

  test('keep their own continuations, with the comments inside', () => {
    expect(merge('FROM a:1\nRUN a \\\n  # of a\n  --b\nRUN --network=none c\nRUN --network=none d \\\n  e\n')).toBe(
      'FROM a:1\nRUN a \\\n  # of a\n  --b\nRUN --network=none c \\\n    && d \\\n  e\n',
    );
  });

  test('turn a comment of the shell into one of the Dockerfile', () => {
    expect(merge("FROM a:1\nRUN a '#' # says a\nRUN b # says b\n")).toBe("FROM a:1\nRUN a '#' \\\n# says a\n    && b # says b\n");
  });

  test('use the escape character of the file', () => {
    expect(merge('# escape=`\nFROM a:1\nRUN a\nRUN b\n')).toBe('# escape=`\nFROM a:1\nRUN a `\n    && b\n');
  });

  test.each([
    ['a pragma between', 'RUN a\n# hadolint ignore=DL3001\nRUN b\n'],
    ['a here-document', 'RUN <<E\na\nE\nRUN <<E\nb\nE\n'],
    ['another folder', 'RUN cd a\nRUN b\n'],
    ['variables', 'RUN export A=b\nRUN b\n'],
    ['a background', 'RUN a &\nRUN b\n'],
    ['two lists', 'RUN ["a"]\nRUN ["b"]\n'],
    ['a mount that keeps files', 'RUN --mount=type=tmpfs,target=/a b\nRUN --mount=type=tmpfs,target=/a c\n'],
    ['PowerShell', 'SHELL ["powershell", "-Command"]\nRUN a\nRUN b\n'],
  ])('are left alone: %s', (_, body) => {
    expect(merge(`FROM a:1\n${body}`)).toBe(`FROM a:1\n${body}`);
  });
});

describe('a command at the end of a RUN', () => {
  const clean = (text: string): string => hadolint(text, 'DL3009');

  test.each([
    [
      '`&&` before',
      'RUN apt-get update \\\n && apt-get install -y curl\n',
      'RUN apt-get update \\\n && apt-get install -y curl \\\n && rm -rf /var/lib/apt/lists/*\n',
    ],
    [
      '`&&` behind',
      'RUN apt-get update && \\\n  apt-get install -y \\\n    # for b\n    a\n',
      'RUN apt-get update && \\\n  apt-get install -y \\\n    # for b\n    a && \\\n  rm -rf /var/lib/apt/lists/*\n',
    ],
    [
      '`;` after `set -e`',
      'RUN set -eux; \\\n  apt-get update\n',
      'RUN set -eux; \\\n  apt-get update; \\\n  rm -rf /var/lib/apt/lists/*\n',
    ],
    ['ONBUILD', 'ONBUILD RUN apt-get update\n', 'ONBUILD RUN apt-get update && rm -rf /var/lib/apt/lists/*\n'],
  ])('goes with the layout: %s', (_, before, after) => {
    expect(clean(`FROM debian:12\n${before}`)).toBe(`FROM debian:12\n${after}`);
    expect(clean(`FROM debian:12\n${before}`.replaceAll('\n', '\r\n'))).toBe(`FROM debian:12\n${after}`.replaceAll('\n', '\r\n'));
  });

  test.each([
    ['a comment of the shell', 'RUN apt-get update # lists\n'],
    ['an end before', 'RUN apt-get update && exit 0\n'],
    ['a list', 'RUN ["apt-get", "update"]\n'],
    ['a here-document', 'RUN <<E\napt-get update\nE\n'],
    ['a later RUN needs the lists', 'RUN apt-get update && a\nCOPY a /b\nRUN apt-get install -y curl\n'],
  ])('is not added: %s', (_, body) => {
    expect(clean(`FROM debian:12\n${body}`)).toBe(`FROM debian:12\n${body}`);
  });
});

describe('SHELL for pipes', () => {
  const pipe = (text: string): string => hadolint(text, 'DL4006');

  test('stands once in a stage, above the comment of the first RUN with a pipe', () => {
    expect(pipe('FROM python:3.12 AS a\nRUN b\n# of c\nRUN c | d\nRUN e | f\nFROM a\nRUN g | h\n')).toBe(
      'FROM python:3.12 AS a\nRUN b\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\n# of c\nRUN c | d\nRUN e | f\n' +
        'FROM a\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN g | h\n',
    );
  });

  test.each([
    ['an unknown base', 'FROM example/app:1\nRUN a | b\n'],
    ['a base of a build argument', 'ARG B\nFROM $B\nRUN a | b\n'],
    ['Windows', 'FROM python:3.12-windowsservercore\nRUN a | b\n'],
    ['a command that stops reading', 'FROM debian:12\nRUN a | head -n 1\n'],
    ['a list', 'FROM debian:12\nRUN ["sh", "-c", "a | b"]\n'],
  ])('is not added: %s', (_, text) => {
    expect(pipe(text)).toBe(text);
  });
});

describe('WORKDIR for `cd`', () => {
  const move = (text: string): string => hadolint(text, 'DL3003');

  test('takes flags along and goes back', () => {
    expect(move('FROM golang:1.23\nARG V\nRUN --network=none a && \\\n    cd "b-${V}" && \\\n    c && cd ..\nRUN d\n')).toBe(
      'FROM golang:1.23\nARG V\nRUN --network=none a\nWORKDIR /go/b-${V}\nRUN --network=none c\nWORKDIR /go\nRUN d\n',
    );
  });

  test('does not go back where nobody stays', () => {
    expect(move('FROM a:1 AS b\nRUN cd /c && d\nCOPY e /f\nFROM a:1\nCOPY --from=b /f /\n')).toBe(
      'FROM a:1 AS b\nWORKDIR /c\nRUN d\nCOPY e /f\nFROM a:1\nCOPY --from=b /f /\n',
    );
  });

  test.each([
    ['a variable of the shell', 'RUN d=x && cd /$d && y\n'],
    ['variables for later', 'RUN export A=b && cd /c && d\n'],
    ['what would stay in a layer', 'RUN a && cd /c && make && rm -r /c\n'],
    ['another separator', 'RUN cd /a; b\n'],
    ['a folder inside', 'RUN (cd /a && b) && c\n'],
    ['a pattern', 'RUN cd /a* && b\n'],
    ['a here-document', 'RUN <<E\ncd /a\nb\nE\n'],
    ['a comment in the way', 'RUN \\\n  # says\n  cd /a && b\n'],
    ['a mount beside the folder', 'RUN --mount=target=. cd /a && b\n'],
  ])('is not written: %s', (_, body) => {
    expect(move(`FROM alpine:3.20\n${body}`)).toBe(`FROM alpine:3.20\n${body}`);
  });
});

test.each([
  ['CMD echo "a b" \'c\' d=e', 'CMD ["echo", "a b", "c", "d=e"]'],
  ['CMD exec app --port=$PORT', 'CMD ["/bin/sh", "-c", "exec app --port=$PORT"]'],
  ['ENTRYPOINT app \\\n  --name "$NAME"', 'ENTRYPOINT ["/bin/sh", "-c", "exec app   --name \\"$NAME\\""]'],
  ['CMD a | b', 'CMD a | b'],
  ['CMD A=b c', 'CMD A=b c'],
  ["CMD ['a', 'b c']", 'CMD ["a", "b c"]'],
  ["CMD ['a', b]", "CMD ['a', b]"],
  ['SHELL ["/bin/bash", "-c"]\nCMD app $A', 'SHELL ["/bin/bash", "-c"]\nCMD app $A'],
])('a shell form becomes a list: %s', (before, after) => {
  expect(hadolint(`FROM alpine:3.20\n${before}\n`, 'DL3025')).toBe(`FROM alpine:3.20\n${after}\n`);
});

test.each([
  ['FROM "debian"', 'FROM "debian:13"'],
  ['FROM --platform=$BUILDPLATFORM mirror.gcr.io/alpine AS a', 'FROM --platform=$BUILDPLATFORM mirror.gcr.io/alpine:3.24 AS a'],
  ['FROM example/debian', 'FROM example/debian'],
])('a tag is named: %s', (before, after) => {
  expect(hadolint(`${before}\n`, 'DL3006')).toBe(`${after}\n`);
});

test('what a stage is built on counts for relative paths', () => {
  expect(hadolint('FROM alpine:3.20 AS a\nWORKDIR /srv\nFROM a\nWORKDIR b/../c/\n', 'DL3000')).toBe(
    'FROM alpine:3.20 AS a\nWORKDIR /srv\nFROM a\nWORKDIR /srv/c\n',
  );
});

describe('versions that somebody looked up', () => {
  const versionOf = ({ name }: { name: string }): string | undefined => (name === 'example.org/a/cmd/a' ? 'v1.2.3' : undefined);
  const pin = (text: string, unsafe = true): string => fix(text, { preset: 'hadolint', only: ['DL3062'], unsafe, versionOf }).text;

  test('are named, each of a RUN or none', () => {
    expect(pin('FROM golang:1.23\nRUN go install example.org/a/cmd/a@latest && go install "example.org/a/cmd/a@latest"\n')).toBe(
      'FROM golang:1.23\nRUN go install example.org/a/cmd/a@v1.2.3 && go install "example.org/a/cmd/a@v1.2.3"\n',
    );
    const unknown = 'FROM golang:1.23\nRUN go install example.org/a/cmd/a@latest example.org/b@latest\n';
    expect(pin(unknown)).toBe(unknown);
  });

  test('of what the base may hold are not named where nobody asked for unsafe fixes', () => {
    const text = 'FROM python:3.12\nRUN pip install --no-cache-dir setuptools\n';
    const pinned = (unsafe: boolean): string => fix(text, { preset: 'hadolint', only: ['DL3013'], unsafe, versionOf: () => '80.0.0' }).text;
    expect(pinned(false)).toBe(text);
    expect(pinned(true)).toBe(text.replace('setuptools', 'setuptools==80.0.0'));
  });

  test('are not named where go.mod decides', () => {
    const module = 'FROM golang:1.23\nRUN go install example.org/a/cmd/a\n';
    expect(pin(module)).toBe(module);
  });
});
