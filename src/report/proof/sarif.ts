import { cite, type Evidence } from '../../base/index.ts';
import type { GateResult } from '../../prove/index.ts';
import { writable } from '../markup.ts';
import { locationOf, SARIF } from '../sarif.ts';
import type { ProofFormat, ProofReport } from './types.ts';
import { figure, VERDICTS } from './words.ts';

type InFile = Extract<Evidence, { from: 'file' }>;
const isInFile = (evidence: Evidence): evidence is InFile => evidence.from === 'file';

/**
 * SARIF 2.1.0 (OASIS): what failed, and as `open` what is unproven. A result lies where its evidence is; one without a
 * place in a file lies at what starts the service, because code scanning on GitHub refuses a whole file for one result
 * without a location. Only where nobody knows what starts it there is none.
 */
export const proofSarif: ProofFormat = (report) => {
  const { name, proof, image } = report;
  const shown = proof.gates.filter(({ outcome }) => outcome.outcome === 'failed' || outcome.outcome === 'unproven');
  const ids = (name: 'passed' | 'skipped'): readonly string[] => proof.gates.filter((g) => g.outcome.outcome === name).map(({ id }) => id);
  const document = {
    ...SARIF,
    runs: [
      {
        tool: { driver: { name: 'plimsoll', version: report.version, rules: proof.gates.map(ruleOf) } },
        automationDetails: { id: `plimsoll/${name}/${image.platform}/` },
        columnKind: 'utf16CodeUnits',
        results: shown.map((gate) => resultOf(gate, report)),
        properties: { verdict: VERDICTS[proof.verdict], digest: proof.digest, passed: ids('passed'), skipped: ids('skipped') },
      },
    ],
  };
  return `${JSON.stringify(document, (_, value: unknown) => (typeof value === 'string' ? writable(value) : value), 2)}\n`;
};

const ruleOf = ({ id, promise, required }: GateResult): object => ({
  id,
  shortDescription: { text: promise || id },
  help: { text: `\`plimsoll explain ${id}\` says what is measured, and why.` },
  defaultConfiguration: { level: required ? 'error' : 'warning' },
});

function resultOf(gate: GateResult, report: ProofReport): object {
  const { id, outcome, required } = gate;
  const places = placesOf(gate, report);
  return {
    ruleId: id,
    ...(outcome.outcome === 'failed' ? { kind: 'fail', level: required ? 'error' : 'warning' } : { kind: 'open', level: 'none' }),
    message: { text: messageOf(gate) },
    ...(places.length === 0 ? {} : { locations: places.slice(0, 1) }),
    ...(places.length < 2 ? {} : { relatedLocations: places.slice(1) }),
  };
}

function messageOf(gate: GateResult): string {
  const { outcome } = gate;
  if (outcome.outcome === 'unproven') return `unproven: ${outcome.why}. ${outcome.remedy}`;
  if (outcome.outcome !== 'failed') return '';
  const measured = figure(gate);
  const seen = outcome.evidence.filter((each) => !isInFile(each)).map((each) => `\nSeen: ${cite(each)}`);
  return `${measured === '' ? '' : `${measured}: `}${outcome.why}${seen.join('')}\nFix: ${outcome.fix}`;
}

function placesOf({ outcome }: GateResult, { decisions, folder }: ProofReport): readonly object[] {
  const own = outcome.outcome === 'failed' ? outcome.evidence.filter(isInFile) : [];
  const entry = decisions.find(({ id }) => id === 'entry')?.because.find(isInFile);
  const places = own.length > 0 ? own : entry ? [entry] : [];
  return places.map(({ file, range }) => locationOf(pathFrom(folder, file), range));
}

/** `services/api` and `../lib/x.py`: `services/lib/x.py`. */
function pathFrom(folder: string, file: string): string {
  const parts: string[] = [];
  for (const part of [...folder.split('/'), ...file.split('/')])
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return parts.join('/');
}
