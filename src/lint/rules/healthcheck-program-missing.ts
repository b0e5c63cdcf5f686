import { rule } from '../types.ts';
import { allSteps, lastOf } from '../stages/index.ts';
import { lacks } from './parts/programs.ts';
import { reportOn } from './parts/report.ts';

export const healthcheckProgramMissing = rule({
  id: 'healthcheck-program-missing',
  aliases: [],
  presets: ['recommended'],
  severity: 'error',
  fixes: 'none',
  summary: 'HEALTHCHECK calls a program that the image has.',
  why: 'Without it the container never becomes healthy: slim and distroless images have neither curl nor wget, and Alpine has no curl.',
  source: 'the package lists of the images; Dockerfile reference, "HEALTHCHECK"',
  examples: [
    { text: 'FROM python:3.12-slim\nHEALTHCHECK CMD «curl -f http://localhost:8000/health» || exit 1\n' },
    { text: 'FROM alpine:3.20\nHEALTHCHECK CMD «["curl", "-f", "http://localhost"]»\n' },
    { text: 'FROM alpine:3.20\nHEALTHCHECK CMD wget -q --spider http://localhost || exit 1\n' },
    { text: 'FROM python:3.12-slim\nRUN apt-get update && apt-get install -y curl\nHEALTHCHECK CMD curl -f http://localhost || exit 1\n' },
    { text: 'FROM python:3.12-alpine\nRUN apk add --no-cache curl~8\nHEALTHCHECK CMD curl -f http://localhost || exit 1\n' },
    { text: 'FROM python:3.12-slim\nCOPY --from=tools /usr/bin/curl /usr/bin/\nHEALTHCHECK CMD curl -f http://localhost || exit 1\n' },
  ],
  mentions: /\bhealthcheck\b/i,
  *detect({ stages }) {
    for (const stage of stages) {
      const step = stage.isLast ? lastOf(stage, 'HEALTHCHECK') : undefined;
      const missing = step?.script.calls.find(({ program }) => lacks(stage.base, allSteps(stage), program));
      if (step === undefined || missing === undefined) continue;
      yield reportOn(step.instruction, missing.span, `\`${stage.base.reference}\` has no ${missing.program}, and nothing here installs it`);
    }
  },
});
