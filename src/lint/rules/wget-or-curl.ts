import { rule } from '../types.ts';
import { passes, reportAt, spanIn } from './parts/hadolint.ts';

export const wgetOrCurl = rule({
  id: 'wget-or-curl',
  aliases: ['DL4001'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'A stage calls `wget` or `curl`, not both.',
  why: 'Each of them is a package to install and to keep up to date.',
  source: 'hadolint, "DL4001"',
  examples: [
    { text: 'FROM debian:12\nRUN wget -q a\nRUN «curl b»\n' },
    { text: 'FROM debian:12 AS a\nRUN wget -q a\nFROM debian:12\nRUN curl b\n' },
  ],
  *detect({ reading }) {
    for (const items of passes(reading)) {
      const used = new Set<string>();
      for (const { content, at } of items) {
        if (content.name === 'FROM') used.clear();
        if (content.name !== 'RUN') continue;
        const calls = content.arguments.script.commands.filter(({ name }) => name === 'wget' || name === 'curl');
        for (const { name } of calls) used.add(name);
        const [first] = calls;
        if (first !== undefined && used.size > 1) yield reportAt(at, 'this stage calls both `wget` and `curl`', spanIn(content, first));
      }
    }
  },
});
