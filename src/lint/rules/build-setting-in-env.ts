import { replace, type Instruction, type Pair } from '../../dockerfile/index.ts';
import { allSteps } from '../stages/index.ts';
import { rule, type Fix } from '../types.ts';
import { reportOn } from './parts/report.ts';
import { isService, startedImage } from './parts/service.ts';

/** Predefined build arguments: they need no declaration, and stay out of the history (Dockerfile reference, "Predefined ARGs"). */
const PROXY = /^(?:https?|ftp|all|no)_proxy$/i;

export const buildSettingInEnv = rule({
  id: 'build-setting-in-env',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'unsafe',
  summary: 'What only the build needs is set by ARG, not by ENV.',
  why: 'ENV stays in the image: a proxy of the build machine breaks the service elsewhere, and `DEBIAN_FRONTEND` changes what people see who look into the container.',
  source: 'Docker, "Building best practices: ENV"; Dockerfile reference, "Predefined ARGs" and "ENV" (it names DEBIAN_FRONTEND)',
  examples: [
    {
      text: 'FROM debian:12\nENV «DEBIAN_FRONTEND»=noninteractive\nRUN apt-get install -y nginx\nEXPOSE 80\nCMD ["nginx"]\n',
      fixed: 'FROM debian:12\nARG DEBIAN_FRONTEND=noninteractive\nRUN apt-get install -y nginx\nEXPOSE 80\nCMD ["nginx"]\n',
    },
    {
      text: 'FROM debian:12\nENV «DEBIAN_FRONTEND» noninteractive\nEXPOSE 80\nCMD ["nginx"]\n',
      fixed: 'FROM debian:12\nARG DEBIAN_FRONTEND=noninteractive\nEXPOSE 80\nCMD ["nginx"]\n',
    },
    { text: 'FROM debian:12\nENV PORT=80 «HTTP_PROXY»=http://proxy.internal:3128\nEXPOSE 80\nCMD ["nginx"]\n' },
    { text: 'FROM debian:12\nARG DEBIAN_FRONTEND=noninteractive\nEXPOSE 80\nCMD ["nginx"]\n' },
    {
      text: 'FROM debian:12\nENV DEBIAN_FRONTEND=noninteractive\nRUN apt-get install -y nginx\nENV DEBIAN_FRONTEND=\nEXPOSE 80\nCMD ["nginx"]\n',
    },
    { text: 'FROM debian:12 AS build\nENV DEBIAN_FRONTEND=noninteractive\nFROM debian:12\nEXPOSE 80\nCMD ["nginx"]\n' },
    { text: 'FROM debian:12\nENV DEBIAN_FRONTEND=noninteractive\nRUN apt-get install -y build-essential\n' },
    { text: 'FROM debian:12\nENV HTTP_PROXY=\nEXPOSE 80\nCMD ["nginx"]\n' },
  ],
  mentions: /DEBIAN_FRONTEND|_proxy/i,
  *detect(subject) {
    for (const { stage, start } of startedImage(subject)) {
      if (!isService(stage, start)) continue;
      const pairs = allSteps(stage).flatMap(({ instruction }) =>
        instruction.name === 'ENV' && instruction.args.form === 'pairs'
          ? instruction.args.pairs.map((pair) => ({ pair, instruction }))
          : [],
      );
      for (const { pair, instruction } of pairs) {
        const last = pairs.findLast((other) => other.pair.name === pair.name)?.pair.value.replace(/["']/g, '') ?? '';
        if (pair.name === 'DEBIAN_FRONTEND' && /^(?:noninteractive|teletype)$/.test(last)) {
          const fix = stage.steps.some((step) => step.instruction === instruction) ? asArg(instruction, pair) : undefined;
          yield reportOn(instruction, pair.nameSpan, '`DEBIAN_FRONTEND` stays set in the image: ARG holds it for the build alone', fix);
        } else if (PROXY.test(pair.name) && last !== '') {
          yield reportOn(
            instruction,
            pair.nameSpan,
            `\`${pair.name}\` stays set in the image: pass it to the build as \`--build-arg ${pair.name}\`, which needs no line here`,
          );
        }
      }
    }
  },
});

/** Of an ENV that sets nothing else. */
function asArg({ args, keyword, keywordSpan }: Instruction, pair: Pair): Fix | undefined {
  if (args.form !== 'pairs' || args.pairs.length !== 1) return undefined;
  const equals = pair.legacy ? [replace({ start: pair.nameSpan.end, end: pair.valueSpan.start }, '=')] : [];
  return { title: 'write ARG for ENV', edits: [replace(keywordSpan, keyword === 'env' ? 'arg' : 'ARG'), ...equals] };
}
