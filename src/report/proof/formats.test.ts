import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askOracle, conformance, whyNoGo } from '../../base/oracle.testing.ts';
import type { GateResult } from '../../prove/index.ts';
import { proofFormats } from './index.ts';
import { HOSTILE, reportWith } from './report.testing.ts';

const lacks = (program: string): boolean => spawnSync(program, ['--version']).error !== undefined;

/** Pieces of hostile text in any order, among any characters. */
const hostile = fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })), { maxLength: 4 }).map((all) => all.join(''));
const texts = [...HOSTILE, ...fc.sample(hostile, { numRuns: 60, seed: 7 })];

describe('JUnit', () => {
  const parse = (documents: readonly string[]) => {
    const script = `
import sys, json, xml.etree.ElementTree as e
print(json.dumps([[[c.tag, dict(c.attrib), [[k.tag, dict(k.attrib), k.text or ""] for k in c]] for c in e.fromstring(d.encode()).iter("testcase")] for d in json.load(sys.stdin)]))`;
    const found = spawnSync('python3', ['-c', script], { input: JSON.stringify(documents), encoding: 'utf8' });
    expect(found.stderr).toBe('');
    return JSON.parse(found.stdout) as [string, Record<string, string>, [string, Record<string, string>, string][]][][];
  };

  test('is XML with a test case for each gate, whatever a log holds', () => {
    const documents = parse(texts.map((text) => proofFormats.junit(reportWith(text))));
    const gates = reportWith('').proof.gates.map(({ id }) => id);
    for (const cases of documents) expect(cases.map(([, attributes]) => attributes['name'])).toEqual(gates);
  });

  test.skipIf(lacks('xmllint'))('keeps to the schema that Ant and Jenkins agree on', () => {
    for (const text of texts) {
      const input = proofFormats.junit(reportWith(text));
      const end = spawnSync('xmllint', ['--noout', '--schema', `${conformance('junit')}/junit.xsd`, '-'], { input, encoding: 'utf8' });
      expect(end.stderr).toBe('- validates\n');
    }
  });

  test('says why, what was seen and what to do', () => {
    const [cases = []] = parse([proofFormats.junit(reportWith('no door <here>'))]);
    const late = cases.find(([, attributes]) => attributes['name'] === 'ready-in-time');
    expect(late?.[1]['time']).toBe('1.234');
    expect(late?.[2]).toEqual([
      [
        'failure',
        { message: 'late, says `no door <here>`', type: 'ready-in-time' },
        'It holds no door <here>\n12 s (limit 10 s)\nseen: log no door <here>: no door <here>\nseen: no door <here> (x)\nfix: start `no door <here>` no door <here>',
      ],
    ]);
  });

  test('failures and errors are what keeps the verdict from fit, and nothing else', () => {
    const [cases = []] = parse([proofFormats.junit(reportWith('x'))]);
    const by = (tag: string): (string | undefined)[] =>
      cases.filter(([, , children]) => children[0]?.[0] === tag).map(([, it]) => it['name']);
    expect({ failure: by('failure'), error: by('error'), skipped: by('skipped') }).toEqual({
      failure: ['ready-in-time', 'missing-variable'],
      error: ['sigterm'],
      skipped: ['logs', 'health-check', 'pinned'],
    });
  });
});

describe('SARIF', () => {
  interface Result {
    readonly ruleId: string;
    readonly kind: string;
    readonly level: string;
    readonly locations?: readonly {
      readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: unknown };
    }[];
  }
  const results = (text: string): readonly Result[] =>
    (JSON.parse(proofFormats.sarif(reportWith(text))) as { runs: [{ results: Result[] }] }).runs[0].results;

  test.skipIf(whyNoGo !== undefined)('keeps to its schema, whatever a log holds', () => {
    for (const text of ['', HOSTILE.join(' ')]) expect(askOracle('sarif', proofFormats.sarif(reportWith(text)))).toBe('');
  });

  test('a result lies where its evidence is, else at what starts the service, as seen from where the command was called', () => {
    const place = ({ ruleId, locations }: Result) => [ruleId, locations?.[0]?.physicalLocation.artifactLocation.uri];
    expect(results('a b').map(place)).toEqual([
      ['ready-in-time', 'services/notes/app.py'],
      ['missing-variable', 'services/notes/app/a%20b.py'],
      ['logs', 'services/notes/app.py'],
      ['sigterm', 'services/notes/app.py'],
      ['health-check', 'services/notes/app.py'],
    ]);
    expect(results('x')[1]?.locations?.[0]?.physicalLocation.region).toEqual({ startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 });
  });

  test('what failed is an error, a warning where it is only advised; what is unproven is open', () => {
    expect(results('x').map(({ ruleId, kind, level }) => `${ruleId} ${kind} ${level}`)).toEqual([
      'ready-in-time fail error',
      'missing-variable fail error',
      'logs fail warning',
      'sigterm open none',
      'health-check open none',
    ]);
  });
});

describe('Markdown', () => {
  const markdown = (text: string): string => proofFormats.markdown(reportWith(text));

  test('says the verdict first, then what is wrong', () => {
    const lines = markdown('x').split('\n');
    expect(lines[0]).toBe('### notes x: not fit');
    expect(lines[2]).toBe('1 passed, 3 failed, 1 skipped, 2 unproven; let through unproven: health-check');
    const rows = lines.filter((line) => /^\| (\*\*|passed|skipped)/.test(line)).map((line) => line.split(' ')[1]);
    expect(rows).toEqual(['**failed**', '**failed**', '**failed**', '**unproven**', '**unproven**', 'passed', 'skipped']);
  });

  // cmark-gfm is GitHub's own parser.
  test.skipIf(lacks('cmark-gfm'))(
    'is what GitHub’s parser reads as these tables and folds and nothing more, whatever the source says',
    () => {
      const read = (text: string): string =>
        execFileSync('cmark-gfm', ['--unsafe', '-e', 'table', '-e', 'strikethrough', '-e', 'autolink'], {
          input: markdown(text),
          encoding: 'utf8',
        });
      const tags = (html: string): string[] => [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
      // Backticks in pairs mark code, by design.
      const without = [...texts, 'see https://example.org or www.example.org'].map((text) => text.replaceAll('`', "'"));
      const harmless = tags(read('harmless'));
      for (const text of without) if (text.trim() !== '') expect(tags(read(`x${text}x`)), JSON.stringify(text)).toEqual(harmless);
      const cells = read('a | b <i>').match(/<td[^>]*>.*<\/td>/g) ?? [];
      expect(cells).toContain('<td>a | b &lt;i&gt;. Fix: a | b &lt;i&gt;</td>');
    },
  );

  test('a log that holds fences does not end its block', () => {
    expect(markdown('````\nx')).toContain('`````\n');
  });
});

// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]|\p{Surrogate}/u;

describe('HTML', () => {
  const tags = (text: string, verdict?: 'fit'): string[] =>
    [...proofFormats.html(reportWith(text, verdict)).matchAll(/<[^>]*>/g)].map(([tag]) => tag);
  const steady = (all: readonly string[]): string[] => all.filter((tag) => !/^<\/?code>$/.test(tag));

  test('no text of a service, an image or a log becomes an element or an attribute', () => {
    const harmless = steady(tags('harmless'));
    for (const text of texts) expect(steady(tags(text)), JSON.stringify(text)).toEqual(harmless);
  });

  test('holds no control character, no half of a surrogate pair, nothing that turns text around', () => {
    for (const text of texts) expect(proofFormats.html(reportWith(text))).not.toMatch(UNSEEN);
  });

  test('says everything by itself: it names no other place and holds no script', () => {
    const page = proofFormats.html(reportWith('x'));
    expect(page).not.toMatch(/https?:|\ssrc=|@import|url\((?!#)|<script|<link|<iframe|\son\w+=/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"`);
  });

  test('shows of each gate the promise, the outcome, what was measured, the evidence and the fix', () => {
    const page = proofFormats.html(reportWith('x'));
    const parts = (g: GateResult): string[] => [
      g.id,
      g.promise,
      g.outcome.outcome,
      ...('why' in g.outcome && g.outcome.why !== undefined ? [g.outcome.why.replaceAll(/`([^`]+)`/g, '<code>$1</code>')] : []),
    ];
    for (const gate of reportWith('x').proof.gates) for (const part of parts(gate)) expect(page).toContain(part);
    expect(page).toContain('12 s <span class="of">of 10 s</span>');
  });
});
