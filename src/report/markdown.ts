import type { Plan } from '../plan/index.ts';
import type { GateResult, Proof } from '../prove/index.ts';
import { whyOf } from './plan-report.ts';
import { figure } from './proof-report.ts';
import type { BuildSummary } from './types.ts';
import { formatBytes, formatMs } from './units.ts';

const ICONS = { passed: '✅', failed: '❌', skipped: '➖', unproven: '❔' } as const;

/** What was shipped, as a pull request wants it. `of`: its plan, or the name of an image whose repository is not at hand. */
export function markdownReport(of: Plan | string, build: BuildSummary | undefined, proof: Proof): string {
  const name = typeof of === 'string' ? of : of.service.name.value;
  const title = `### ${name}: ${proof.verdict === 'unfit' ? 'not fit' : proof.verdict}`;
  return (
    [
      title,
      ...(build ? ['', sizeTable(build)] : []),
      '',
      gateTable(proof.gates),
      ...(typeof of === 'string' ? [] : ['', decisionDetails(of)]),
    ].join('\n') + '\n'
  );
}

function sizeTable({ image, timings }: BuildSummary): string {
  const rows = image.layers.map((l) => `| ${l.name} | ${formatBytes(l.uncompressed)} | ${formatBytes(l.compressed)} |`);
  const total = `| **image** \`${image.digest.slice(0, 19)}\` ${image.platform} | **${formatBytes(image.size.uncompressed)}** | **${formatBytes(image.size.compressed)}** |`;
  return [
    '| layer | unpacked | compressed |',
    '| --- | ---: | ---: |',
    ...rows,
    total,
    '',
    `Built in ${formatMs(timings['total'] ?? 0)}.`,
  ].join('\n');
}

function gateTable(gates: readonly GateResult[]): string {
  const rows = gates.map(
    (g) => `| ${ICONS[g.outcome.outcome]} | \`${g.id}\`${g.required ? '' : ' (advised)'} | ${cell(figure(g))} | ${cell(words(g))} |`,
  );
  return ['| | check | measured | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function words({ outcome }: GateResult): string {
  if (outcome.outcome === 'failed') return `${outcome.why}. Fix: ${outcome.fix}`;
  if (outcome.outcome === 'unproven') return `${outcome.why}. ${outcome.remedy}`;
  return outcome.why ?? '';
}

/** A table cell holds neither bars nor line ends. */
const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ');

/** Source as it stands there: what looks like HTML or emphasis in it is none. */
const code = (text: string): string => (text === '' ? '' : cell(`\`${text.replaceAll('`', "'")}\``));

function decisionDetails(plan: Plan): string {
  const rows = plan.decisions.map((d) => `| ${d.id} | ${cell(d.says)} | ${d.decidedBy} | ${code(whyOf(d))} |`);
  return [
    '<details><summary>Decisions</summary>',
    '',
    '| question | choice | decided by | because |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '</details>',
  ].join('\n');
}
