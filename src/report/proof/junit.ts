import { cite } from '../../base/index.ts';
import type { GateResult, Proof, SeenRun } from '../../prove/index.ts';
import { escaped } from '../markup.ts';
import type { ProofFormat } from './types.ts';
import { figure, isDecisive, VERDICTS } from './words.ts';

/**
 * JUnit's XML as Apache Ant writes it and Jenkins reads it: a suite for the image, a test case for each gate. Failures
 * and errors are what keeps the verdict from `fit`; what is only advised, or was let through, is skipped with its words.
 */
export const junit: ProofFormat = ({ name, image, proof, at }) => {
  const cases = proof.gates.map((gate) => ({ gate, child: childOf(gate, proof) }));
  const number = (element: string): number => cases.filter(({ child }) => child.startsWith(`<${element} `)).length;
  const properties = {
    verdict: VERDICTS[proof.verdict],
    digest: image.digest,
    ref: image.ref,
    platform: image.platform,
    size: `${image.size.uncompressed}`,
  };
  const suite = attributes({
    name: `${name} ${image.platform}`,
    package: 'plimsoll',
    id: '0',
    hostname: 'localhost',
    timestamp: at.toISOString().slice(0, 19),
    tests: `${cases.length}`,
    failures: `${number('failure')}`,
    errors: `${number('error')}`,
    skipped: `${number('skipped')}`,
    time: seconds(proof.gates.reduce((sum, { tookMs }) => sum + tookMs, 0)),
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite ${suite}>`,
    '    <properties>',
    ...Object.entries(properties).map(([key, value]) => `      <property ${attributes({ name: key, value })}/>`),
    '    </properties>',
    ...cases.map(({ gate, child }) => {
      const head = `    <testcase ${attributes({ classname: `plimsoll.${name}`, name: gate.id, time: seconds(gate.tookMs) })}`;
      return child === '' ? `${head}/>` : `${head}>${child}</testcase>`;
    }),
    `    <system-out>${printed(proof.runs, 'stdout')}</system-out>`,
    `    <system-err>${printed(proof.runs, 'stderr')}</system-err>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};

/** What stands in a test case; empty for a passed one. */
function childOf(gate: GateResult, proof: Proof): string {
  const { outcome } = gate;
  switch (outcome.outcome) {
    case 'passed':
      return '';
    case 'skipped':
      return `<skipped ${attributes({ message: outcome.why })}/>`;
    case 'failed': {
      const text = [gate.promise, figure(gate), ...outcome.evidence.map((each) => `seen: ${cite(each)}`), `fix: ${outcome.fix}`];
      if (!isDecisive(gate, proof)) return `<skipped ${attributes({ message: `advised, not required: ${outcome.why}` })}/>`;
      return `<failure ${attributes({ message: outcome.why, type: gate.id })}>${escaped(text.filter(Boolean).join('\n'))}</failure>`;
    }
    case 'unproven':
      if (!isDecisive(gate, proof)) return `<skipped ${attributes({ message: `unproven, and let through: ${outcome.why}` })}/>`;
      return `<error ${attributes({ message: `unproven: ${outcome.why}`, type: 'unproven' })}>${escaped(outcome.remedy)}</error>`;
  }
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const attributes = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(' ');

const printed = (runs: readonly SeenRun[], stream: 'stdout' | 'stderr'): string =>
  escaped(
    runs
      .flatMap(({ purpose, log }) =>
        log.lines.filter((line) => line.stream === stream).map((line) => `[${purpose}, ${seconds(line.atMs)} s] ${line.text}\n`),
      )
      .join(''),
  );
