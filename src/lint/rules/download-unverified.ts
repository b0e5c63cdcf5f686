import { isRunnable } from '../stages/index.ts';
import { rule } from '../types.ts';
import { downloads, isCommitUrl, isMovingUrl, isPrivateUrl, verifies } from './parts/downloads.ts';
import { usesOf } from './parts/file-uses.ts';
import { reportOn } from './parts/report.ts';
import { allRuns } from './parts/runs.ts';

export const downloadUnverified = rule({
  id: 'download-unverified',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'info',
  fixes: 'none',
  // Over https and with a version in the URL, most take the server at its word.
  offByDefault: true,
  summary: 'A program that is downloaded into the image has its checksum checked.',
  why: 'A release can be replaced on its server, and a download can break off; the image would run whatever came.',
  source: 'CIS Docker Benchmark, 4.11 "Ensure only verified packages are installed"; sha256sum(1), "--check"',
  examples: [
    { text: 'FROM debian:12\nRUN «curl -fLo /usr/bin/a https://acme.io/a-1.2» && chmod +x /usr/bin/a\nCMD ["a"]\n' },
    { text: 'FROM debian:12\nRUN «curl -fsSL https://acme.io/a-1.2.tgz» | tar xz -C /opt\nENTRYPOINT ["/opt/a"]\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://acme.io/a-1.2.tgz | tar xz -C /opt\n' },
    { text: 'FROM debian:12 AS build\nRUN curl -fsSL https://acme.io/a-1.2.tgz | tar xz\nFROM debian:12\nCMD ["a"]\n' },
    { text: 'FROM debian:12\nRUN curl -fLO https://acme.io/a.tgz && echo "$SUM a.tgz" | sha256sum -c && tar xf a.tgz\nCMD ["a"]\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://acme.io/key.asc -o /etc/apt/keyrings/a.asc\nCMD ["a"]\n' },
  ],
  mentions: /\b(?:curl|wget)\b/,
  *detect({ file, stages, path }) {
    const last = stages.at(-1);
    if (last === undefined || !isRunnable(last)) return;
    for (const { stage, step } of allRuns({ file, stages, path })) {
      if (!stage.isInImage || verifies(step.script)) continue;
      for (const download of downloads(step.script)) {
        const url = download.url.text;
        // Other rules tell of what moves, and of what comes without https.
        if (isCommitUrl(url) || isMovingUrl(url) || url.startsWith('http:') || isPrivateUrl(url)) continue;
        if (!usesOf(download, step, stage).some(({ installs }) => installs)) continue;
        yield reportOn(
          step.instruction,
          download.call.span,
          'nothing checks what this brings into the image: compare its sha256 with `sha256sum --check`',
        );
      }
    }
  },
});
