import type { Span } from '../../dockerfile/index.ts';
import { baseOf, type Stage, type StageStep } from '../stages/index.ts';
import { rule } from '../types.ts';
import { floats } from './parts/floating-images.ts';
import { reportOn } from './parts/report.ts';

export const copiedImageFloating = rule({
  id: 'copied-image-floating',
  aliases: [],
  presets: ['recommended'],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'An image that files are copied from has a version.',
  why: 'What is copied from `latest` changes with each release of that image, without a change here.',
  source: 'Dockerfile reference, "COPY --from" and "RUN --mount"; Docker, "Building best practices", "Pin base image versions"',
  examples: [
    { text: 'FROM python:3.12-slim\nCOPY «--from=ghcr.io/astral-sh/uv:latest» /uv /bin/\n' },
    { text: 'FROM php:8.3-fpm\nCOPY «--from=composer» /usr/bin/composer /usr/bin/\n' },
    { text: 'FROM golang:1.25\nRUN --mount=type=bind,«from=tonistiigi/xx»,target=/xx true\n' },
    { text: 'FROM golang:1.25 AS nginx\nFROM debian:12\nCOPY --from=nginx /a /a\nCOPY --from=0 /a /a\n' },
    { text: 'FROM debian:12\nCOPY --from=composer:2 /usr/bin/composer /usr/bin/\n' },
    { text: 'ARG UV=latest\nFROM debian:12\nCOPY --from=assets /a /a\nCOPY --from=uv:$UV /uv /bin/\n' },
  ],
  mentions: /from=/i,
  *detect({ file, stages }) {
    const seen = new Set<string>();
    for (const stage of stages) {
      for (const { reference, span, step } of stage.steps.flatMap((own) => copied(own, file.text))) {
        const why = isStage(reference, stages) || reference.includes('$') ? undefined : floats(baseOf(reference));
        if (why === undefined || seen.has(reference)) continue;
        seen.add(reference);
        yield reportOn(step.instruction, span, `\`${reference}\` ${why}, and changes without notice: name a version`);
      }
    }
  },
});

const isStage = (reference: string, stages: readonly Stage[]): boolean =>
  /^\d+$/.test(reference) || stages.some(({ name }) => name === reference.toLowerCase());

/** What COPY and the mounts of RUN name, and where. */
function copied(step: StageStep, text: string): readonly { reference: string; span: Span; step: StageStep }[] {
  return step.instruction.flags.flatMap(({ name, value = '', span }) => {
    if (step.instruction.name === 'COPY' && name === 'from') return [{ reference: value, span, step }];
    const from = name === 'mount' ? /(?<=[=,])from=([^,\s]+)/.exec(text.slice(span.start, span.end)) : null;
    if (from === null) return [];
    const start = span.start + from.index;
    return [{ reference: from[1] ?? '', span: { start, end: start + from[0].length }, step }];
  });
}
