import { wordsOf, type Arguments, type Instruction } from '../../dockerfile/index.ts';
import { allSteps, familyOf, lastOf, startCommand, type Stage, type StageStep } from '../stages/index.ts';
import { rule } from '../types.ts';
import { execForm } from './parts/exec-form.ts';
import { lacks } from './parts/programs.ts';
import { reportOn } from './parts/report.ts';
import { argumentSpan } from './parts/spans.ts';

export const shellMissing = rule({
  id: 'shell-missing',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'unsafe',
  summary: 'In an image without a shell, CMD, ENTRYPOINT and HEALTHCHECK are JSON lists.',
  why: 'Their shell form calls `/bin/sh`, which `scratch` and distroless images do not have: the container does not start, or never becomes healthy.',
  source: 'Dockerfile reference, "Shell and exec form"; distroless, README: "do not contain a shell"',
  examples: [
    { text: 'FROM scratch\nCOPY app /\nCMD «/app --port 80»\n', fixed: 'FROM scratch\nCOPY app /\nCMD ["/app", "--port", "80"]\n' },
    { text: 'FROM gcr.io/distroless/static-debian12\nCOPY app /\nHEALTHCHECK CMD «/app health || exit 1»\nENTRYPOINT ["/app"]\n' },
    { text: 'FROM scratch\nCOPY app /\nHEALTHCHECK CMD ["/app", "health"]\nENTRYPOINT ["/app"]\n' },
    { text: 'FROM gcr.io/distroless/base-debian12:debug\nCMD ./app\n' },
    { text: 'FROM scratch\nADD rootfs.tar.xz /\nCMD bash\n' },
    { text: 'FROM scratch\nCOPY --from=busybox /bin/sh /bin/sh\nCMD ./app\n' },
    { text: 'FROM scratch\nCOPY --from=build / /\nCMD ./app\n' },
    { text: 'FROM scratch\nCOPY --from=build /out/* /\nCMD ./app\n' },
  ],
  *detect({ stages, file }) {
    const stage = stages.findLast(({ isLast }) => isLast);
    if (stage === undefined || file.escape === '`' || !hasNoShell(stage)) return;
    const start = startCommand(stage);
    for (const step of [start?.step, start?.cmd, lastOf(stage, 'HEALTHCHECK')]) {
      if (step === undefined || step.shell !== undefined || commandOf(step.instruction).form !== 'text') continue;
      const { instruction, script } = step;
      // healthcheck-program-missing says so already.
      if (instruction.name === 'HEALTHCHECK' && script.calls.some(({ program }) => lacks(stage.base, allSteps(stage), program))) continue;
      const fix = instruction.name === 'HEALTHCHECK' ? undefined : execForm(instruction);
      yield reportOn(instruction, commandSpan(instruction), `\`${stage.base.reference}\` has no shell for this: write a JSON list`, fix);
    }
  },
});

const commandOf = ({ args }: Instruction): Arguments => (args.form === 'health' ? args.command : args);

function commandSpan(instruction: Instruction): ReturnType<typeof argumentSpan> {
  const command = commandOf(instruction);
  return command.form === 'text' ? command.word.span : argumentSpan(instruction);
}

/** Only files that are named one by one come into it, and none of them is a shell or may hold one. */
function hasNoShell(stage: Stage): boolean {
  const { base } = stage;
  const family = familyOf(base);
  if ((family !== 'scratch' && family !== 'distroless') || /debug|busybox|dev/.test(base.tag ?? '')) return false;
  return !allSteps(stage).some(mayBringShell);
}

function mayBringShell({ instruction: { name, args, flags } }: StageStep): boolean {
  if (name === 'RUN') return true;
  if (name !== 'COPY' && name !== 'ADD') return false;
  const words = wordsOf(args);
  const sources = words.slice(0, -1);
  const fromElsewhere = flags.some((flag) => flag.name === 'from');
  return (
    words.some((word) => /\$|(?:sh|busybox|rootfs|root|fs)$|\.(?:tar|t?[gx]z|tgz)|(?:^|\/)s?bin\/?$/.test(word)) ||
    sources.includes('/') ||
    (['/', '.', './'].includes(words.at(-1) ?? '') &&
      sources.some(
        (word) => /^\.?\/?$|\/$|\*/.test(word) || (fromElsewhere && /(?:^|\/)(?:out|output|dist|install|target|image)$/.test(word)),
      ))
  );
}
