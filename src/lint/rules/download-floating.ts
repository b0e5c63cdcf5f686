import { declaration, wordsOf } from '../../dockerfile/index.ts';
import type { Stage, StageStep } from '../stages/index.ts';
import { rule } from '../types.ts';
import { downloads, isMovingUrl, isPrivateUrl, verifies, type Download } from './parts/downloads.ts';
import { usesOf } from './parts/file-uses.ts';
import { reportOn } from './parts/report.ts';
import { allRuns } from './parts/runs.ts';

/** Keys and lists are looked at by the package manager; an answer of an API names a version. */
const NO_PROGRAM =
  /\.(?:asc|gpg|key|pub|pem|crt|list|repo|sources|txt|json|md)(?:$|[?#])|\/\/api\.|\/api\/|\/(?:latest|stable|version)(?:-version)?$/i;

export const downloadFloating = rule({
  id: 'download-floating',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'A program that is downloaded has a version.',
  why: 'What `latest` or a branch leads to is another program tomorrow: the build changes without a change here, and nobody can check a sum.',
  source: 'GitHub, "Linking to releases"; Docker, "Building best practices"',
  examples: [
    { text: 'FROM debian:12\nRUN curl -fLo /usr/bin/a «https://github.com/acme/a/releases/latest/download/a» && chmod +x /usr/bin/a\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL «https://dl.acme.io/latest/a.tgz» | tar xz\n' },
    { text: 'FROM debian:12\nRUN wget «"https://raw.githubusercontent.com/acme/a/master/wait-for-it.sh"» && chmod 755 wait-for-it.sh\n' },
    { text: 'FROM debian:12\nRUN V=$(curl -fsSL «https://api.github.com/repos/acme/a/releases/latest» | jq -r .tag_name) && get $V\n' },
    {
      text: 'FROM debian:12\nARG A=latest\nRUN V=$(curl -fsSL https://acme.io/releases/latest) && if [ "$A" = "latest" ]; then get $V; else get $A; fi\n',
    },
    { text: 'FROM debian:12\nRUN curl -fLo /usr/bin/a https://github.com/acme/a/releases/download/v1.2/a && chmod +x /usr/bin/a\n' },
    { text: 'FROM debian:12\nRUN curl -fsSLo a https://acme.io/latest/a && echo "$SUM a" | sha256sum -c && chmod +x a\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://acme.io/latest/key.asc -o /etc/apt/keyrings/acme.asc\n' },
  ],
  mentions: /\b(?:curl|wget)\b/,
  *detect({ file, stages, path }) {
    for (const { stage, step } of allRuns({ file, stages, path })) {
      if (verifies(step.script)) continue;
      for (const download of downloads(step.script)) {
        const url = download.url.text;
        if (asksForNewest(download) && !isDefault(stage, step))
          yield reportOn(step.instruction, download.url.span, 'this asks for the newest version in each build: name one');
        if (!isMovingUrl(url) || NO_PROGRAM.test(url) || isPrivateUrl(url)) continue;
        if (!usesOf(download, step, stage).some(({ installs }) => installs) && !/\/s?bin\//.test(download.file ?? '')) continue;
        yield reportOn(
          step.instruction,
          download.url.span,
          'this is another program with each release: name a version, and check its sha256',
        );
      }
    }
  },
});

/** `$(curl …/releases/latest)`, `$(curl …/stable.txt)`. */
const asksForNewest = ({ call, url }: Download): boolean =>
  call.inner && /\/(?:releases\/latest|(?:stable|latest)(?:-\d[\d.]*)?\.txt|latest_release)$/i.test(url.text);

/** `ARG TOOL_VERSION=latest`, and the RUN asks whether it is that: who builds names a version. */
const isDefault = ({ steps }: Stage, { instruction, script }: StageStep): boolean =>
  /["']?(?:latest|stable)["']?\s*\]/.test(script.text) &&
  steps.some(
    ({ instruction: { name, args } }) =>
      name === 'ARG' &&
      wordsOf(args)
        .map(declaration)
        .some((arg) => /^["']?(?:latest|stable)["']?$/.test(arg.value ?? '') && instruction.line.includes(arg.name)),
  );
