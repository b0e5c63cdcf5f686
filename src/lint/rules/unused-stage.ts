import { rule } from '../types.ts';
import type { Stage } from '../stages/index.ts';
import { fromWords } from './parts/from.ts';
import { reportOn } from './parts/report.ts';

export const unusedStage = rule({
  id: 'unused-stage',
  aliases: [],
  presets: [],
  shippedOnly: true,
  severity: 'warning',
  fixes: 'none',
  summary: 'Something uses each stage, or it can be a target.',
  why: 'A stage that nothing takes from is left over, or a `COPY --from` that should name it does not. BuildKit does not even build it.',
  source: 'Dockerfile reference, "FROM"; Docker, "Multi-stage builds"',
  examples: [
    { text: 'FROM «golang:1.23»\nRUN go build -o /app .\nFROM alpine:3.20\nCOPY app /app\n' },
    { text: 'FROM «debian:12» AS base\nFROM alpine:3.20\nRUN make\n' },
    { text: 'FROM golang:1.23\nRUN go build -o /app .\nFROM alpine:3.20\nCOPY --from=0 /app /app\n' },
    { text: 'FROM debian:13 AS xx\n{% if cross %}\nFROM debian:13\nCOPY --from={{ helpers }} / /\n{% endif %}\n' },
    { text: 'FROM golang:1.23 AS test\nRUN go test ./...\nFROM alpine:3.20\nCOPY app /app\n' },
    { text: 'FROM alpine:3.20 AS app\nRUN make\nFROM app AS debug\nFROM app\nUSER 1\n' },
    { text: 'FROM golang:1.23 AS build-amd64\nFROM golang:1.23 AS build-arm64\nFROM build-${TARGETARCH}\nRUN make\n' },
    { text: 'FROM golang:1.23\nRUN make\nFROM alpine:3.20\nRUN --mount=from=0,target=/src cp /src/a /\n' },
  ],
  *detect({ stages, file }) {
    // A template: what uses a stage may not be there yet.
    if (/\{%|\{\{/.test(file.text)) return;
    // A list of images for a tool that updates versions.
    if (stages.every(({ steps }) => steps.length === 0)) return;
    // A variable may name any of them.
    if (stages.some(({ from, sources }) => fromWords(from)[0]?.text.includes('$') || sources.some(isVariable))) return;
    const used = new Set(stages.flatMap(({ parent, sources }) => [parent, ...sources]));
    for (const stage of stages) {
      if (stage.isLast || used.has(stage) || isTarget(stage)) continue;
      const [image] = fromWords(stage.from);
      if (image !== undefined)
        yield reportOn(stage.from, image.span, 'nothing uses this stage: name it in a `COPY --from`, or take it out');
    }
  },
});

/** A name for another stage is one too. */
const isTarget = ({ name, steps, parent }: Stage): boolean => name !== undefined && (steps.length > 0 || parent !== undefined);

const isVariable = (source: Stage | string): boolean => typeof source === 'string' && source.includes('$');
