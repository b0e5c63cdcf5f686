import { inFile, memoryFiles, type Evidence } from '../../base/index.ts';
import { makePlan } from '../../plan/index.ts';
import type { GateResult, Moment, Outcome, Proof } from '../../prove/index.ts';
import { readService } from '../../service/index.ts';
import type { ProofReport } from './types.ts';

const plan = makePlan(
  await readService(
    memoryFiles({
      'requirements.txt': 'fastapi==0.115.5\nuvicorn==0.32.1\n',
      'app.py': 'from fastapi import FastAPI\napp = FastAPI()\n\n\n@app.get("/")\ndef hello():\n    return "hello"\n',
    }),
    { folderName: 'notes' },
  ),
  {},
  {},
);

const ms = (value: number) => ({ value, unit: 'ms', text: `${value / 1000} s` }) as const;

/** A report with an outcome of each kind, and `text` wherever a service, an image or a log has a say. */
export function reportWith(text: string, verdict: Proof['verdict'] = 'unfit'): ProofReport {
  const place = { start: { line: 3, column: 5 }, end: { line: 3, column: 9 } };
  const file: Evidence = inFile(`app/${text}.py`, place, text);
  const gate = (id: string, outcome: Outcome, over: Partial<GateResult> = {}): GateResult => ({
    id,
    required: true,
    promise: `It holds ${text}`,
    outcome,
    tookMs: 1234,
    ...over,
  });
  const seen: Evidence = { from: 'run', what: `log ${text}`, text: `${text}\n${text}` };
  const moment = (what: Moment['what'], fromMs: number, atMs: number): Moment => ({ what, fromMs, atMs, says: text });
  const log = {
    leftOut: 3,
    lines: [
      { atMs: 12, stream: 'stdout', text },
      { atMs: 900, stream: 'stderr', text: `${text} ${text}` },
    ],
  } as const;
  const gates = [
    gate(
      'size-budget',
      { outcome: 'passed', measured: { value: 1e8, unit: 'bytes', text: '100.0 MB' }, evidence: [seen] },
      { limit: { value: 2e8, unit: 'bytes', text: '200.0 MB' } },
    ),
    gate(
      'ready-in-time',
      {
        outcome: 'failed',
        measured: ms(12_000),
        why: `late, says \`${text}\``,
        fix: `start \`${text}\` ${text}`,
        evidence: [seen, { from: 'rule', rule: 'x', says: text }],
      },
      { limit: ms(10_000) },
    ),
    gate('missing-variable', { outcome: 'failed', why: text, fix: text, evidence: [seen, file] }),
    gate('logs', { outcome: 'failed', why: text, fix: text, evidence: [seen] }, { required: false }),
    gate('sigterm', { outcome: 'unproven', why: text, remedy: text }),
    gate('health-check', { outcome: 'unproven', why: text, remedy: text }),
    gate('pinned', { outcome: 'skipped', why: text }),
  ];
  return {
    name: `notes ${text}`,
    title: `notes ${text}`,
    decisions: plan.decisions.map((decision) => ({ ...decision, says: text })),
    image: {
      digest: `sha256:${'ab'.repeat(32)}`,
      ref: `oci:${text}`,
      platform: 'linux/amd64',
      size: { compressed: 4e7, uncompressed: 1e8 },
      layers: [
        { name: `base ${text}`, digest: 'sha256:00', compressed: 3e7, uncompressed: 7e7 },
        { name: `RUN ${text}`, digest: 'sha256:01', compressed: 1e7, uncompressed: 3e7 },
      ],
      user: text,
      entrypoint: [text],
      command: ['serve', text],
    },
    proof: {
      contract: plan.contract,
      digest: `sha256:${'ab'.repeat(32)}`,
      gates,
      runs: [
        {
          purpose: 'answers',
          readOnlyRoot: true,
          moments: [moment('ready', 0, 800), moment('healthy', 810, 900), moment('request', 905, 910), moment('request', 905, 1700)],
          log,
        },
        {
          purpose: 'stop',
          readOnlyRoot: false,
          moments: [
            moment('ready', 0, 800),
            moment('request', 805, 1500),
            moment('signal', 1000, 1000),
            moment('still running', 9000, 9000),
          ],
          log,
        },
      ],
      verdict,
      allowed: ['health-check'],
    },
    folder: 'services/notes',
    at: new Date('2026-12-01T18:00:00Z'),
    version: '0.1.0',
  };
}

/** What breaks documents: marks of each language, control characters, halves of surrogate pairs, directions. */
export const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '--></style></title><svg/onload=alert(1)>',
  '&lt;b&gt; &amp; &#60;',
  ']]>',
  '`a | b` **c** _d_ [e](javascript:f) ~~g~~ # h',
  '| x | y |',
  '\\| \\` \\<b>',
  '```\n</details>\n# heading\n',
  '\u0000\u0001\u0008\u000B\u001B[31m\u007F\u0085',
  '\uD800 \uDFFF \uFFFE \uFFFF',
  '\u202Eevil\u2066',
  'ends in \\',
  '😀 ünïcödé',
];
