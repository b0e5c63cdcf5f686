import { familyOf, type Base } from '../stages/index.ts';
import { rule } from '../types.ts';
import { reportOn } from './parts/report.ts';
import { allRuns } from './parts/runs.ts';

export const aptKey = rule({
  id: 'apt-key',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'A repository has a keyring of its own, which `signed-by` names.',
  why: 'A key of apt-key may sign packages of every repository, Debian’s own too. Debian 13 has no apt-key any more, so the build breaks with the next base.',
  source: 'apt-key(8), "Deprecation"; sources.list(5), "Signed-By"; Debian wiki, "DebianRepository/UseThirdParty"',
  examples: [
    { text: 'FROM debian:12\nRUN curl -fsSL https://acme.io/key.asc | «apt-key add» -\n' },
    { text: 'FROM ubuntu:22.04\nRUN «apt-key adv» --keyserver keyserver.ubuntu.com --recv-keys 0A1B\n' },
    { text: 'FROM debian:12\nRUN curl -fsSL https://acme.io/key.asc -o /etc/apt/keyrings/acme.asc\n' },
    { text: 'FROM debian:12\nRUN apt-key list && apt-key del 0A1B\n' },
    { text: 'FROM debian:12\nRUN echo apt-key add is gone\n' },
  ],
  mentions: /apt-key/,
  *detect({ file, stages, path }) {
    for (const { stage, step } of allRuns({ file, stages, path })) {
      for (const { program, args, word } of step.script.calls) {
        const verb = program === 'apt-key' ? args.find(({ text }) => /^(?:add|adv)$/.test(text)) : undefined;
        if (verb === undefined) continue;
        const what = lacksAptKey(stage.base)
          ? `\`${stage.base.reference}\` has no apt-key`
          : 'apt-key is gone in Debian 13, and its keys may sign everything';
        const span = { start: word.span.start, end: verb.span.end };
        yield reportOn(
          step.instruction,
          span,
          `${what}: put the key into /etc/apt/keyrings, and name it with \`signed-by=\` in the source`,
        );
        // Once for each RUN.
        break;
      }
    }
  },
});

/** Debian 13 and later, by name or by number. */
const lacksAptKey = (base: Base): boolean =>
  familyOf(base) === 'debian' &&
  (/(?:^|-)(?:trixie|forky)\b/.test(base.tag ?? '') || (base.name === 'debian' && /^1[34]\b/.test(base.tag ?? '')));
