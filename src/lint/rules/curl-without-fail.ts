import { replace } from '../../dockerfile/index.ts';
import { hasFlag } from '../script/index.ts';
import { rule } from '../types.ts';
import { downloads, verifies, type Download } from './parts/downloads.ts';
import { fileName, usesOf } from './parts/file-uses.ts';
import { reportOn } from './parts/report.ts';
import { allRuns } from './parts/runs.ts';

export const curlWithoutFail = rule({
  id: 'curl-without-fail',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'safe',
  summary: 'curl fails when the server answers with an error.',
  why: 'Without `--fail` curl writes the error page into the file and succeeds: the image has a page of HTML in place of the program, and the build says nothing.',
  source: 'curl(1), "--fail"',
  examples: [
    {
      text: 'FROM debian:12\nRUN «curl» -Lo /usr/local/bin/a https://acme.io/a && chmod +x /usr/local/bin/a\n',
      fixed: 'FROM debian:12\nRUN curl -f -Lo /usr/local/bin/a https://acme.io/a && chmod +x /usr/local/bin/a\n',
    },
    {
      text: 'FROM debian:12\nRUN «curl» -sSL https://acme.io/a.jar > /app/a.jar\n',
      fixed: 'FROM debian:12\nRUN curl -f -sSL https://acme.io/a.jar > /app/a.jar\n',
    },
    { text: 'FROM debian:12\nRUN curl -fsSLo /usr/local/bin/a https://acme.io/a && curl --fail-with-body -O https://acme.io/b\n' },
    { text: 'FROM debian:12\nRUN curl -LO https://acme.io/a.tgz && tar xzf a.tgz\n' },
    { text: 'FROM debian:12\nRUN curl -LO https://acme.io/a.deb\nRUN apt-get install -y ./a.deb\n' },
    { text: 'FROM debian:12\nRUN curl -Lo a https://acme.io/a && echo "$SUM  a" | sha256sum -c && install a /usr/bin\n' },
    { text: 'FROM debian:12\nRUN curl -L https://acme.io/a.tgz | tar xz; wget -O /usr/bin/a https://acme.io/a\n' },
    { text: 'FROM debian:12\nRUN curl -o get-pip.py https://acme.io/get-pip.py && python3 get-pip.py\n' },
    { text: 'FROM debian:12\nRUN curl -o /etc/apt/keyrings/a.asc https://acme.io/a.asc\nRUN apt-get install -y a\n' },
    { text: 'FROM debian:12\nRUN echo fail >> ~/.curlrc\nRUN curl -Lo /a https://acme.io/a\n' },
    { text: 'FROM debian:12\nRUN until curl -o /dev/null http://localhost:80; do sleep 1; done\n' },
  ],
  mentions: /\bcurl\b/,
  *detect({ file, stages, path }) {
    if (/curlrc/.test(file.text)) return;
    for (const { stage, step } of allRuns({ file, stages, path })) {
      if (verifies(step.script)) continue;
      for (const download of downloads(step.script)) {
        if (!takesErrorPage(download) || KEY.test(download.file ?? '')) continue;
        // Another program that reads the file will refuse a page of HTML.
        if (usesOf(download, step, stage).some(({ reads }) => reads)) continue;
        const { start, end } = download.call.word.span;
        const fix = { title: 'add `-f`', edits: [replace({ start: end, end }, ' -f')] };
        const isPlain = file.text.slice(start, end) === download.call.word.text;
        const what = `an error page would end up in \`${fileName(download)}\`, and the build would go on: add \`-f\``;
        yield reportOn(step.instruction, download.call.word.span, what, isPlain ? fix : undefined);
      }
    }
  },
});

/** A key of a repository: package managers refuse a page of HTML. */
const KEY = /\.(?:gpg|asc|key)$|gpg-key|keyring/i;

/** curl that writes a file whatever the server answers. */
function takesErrorPage({ call, file, url }: Download): boolean {
  if (call.program !== 'curl' || file === undefined || file.startsWith('/dev/') || call.inner || call.fate === 'tested') return false;
  return !hasFlag(call, 'f', 'fail', 'fail-with-body') && !hasFlag(call, 'w', 'write-out', 'I') && !url.text.startsWith('ftp:');
}
