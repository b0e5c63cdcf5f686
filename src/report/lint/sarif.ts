import type { Range } from '../../base/index.ts';
import { isUnsafe, type Fix, type RuleFacts } from '../../lint/index.ts';
import { locationOf, regionOf, SARIF, uriOf } from '../sarif.ts';
import type { JudgedFile, LintFormat } from './types.ts';

const LEVELS = { error: 'error', warning: 'warning', info: 'note', style: 'note' } as const;
/** The id of what BuildKit refuses. */
const UNREADABLE = 'unreadable';

/** SARIF 2.1.0 (OASIS). Columns count UTF-16 code units. */
export const sarif: LintFormat = (files) => {
  const used = [...new Map(files.flatMap((file) => file.findings.map(({ rule }) => [rule.id, rule] as const))).values()];
  const rules = used
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((rule) => ({
      id: rule.id,
      shortDescription: { text: rule.summary },
      fullDescription: { text: rule.why },
      help: { text: `${rule.why}\n\nSource: ${rule.source}.` },
      defaultConfiguration: { level: LEVELS[rule.severity] },
      properties: { aliases: rule.aliases },
    }));
  const document = {
    ...SARIF,
    runs: [
      {
        tool: {
          driver: {
            name: 'plimsoll',
            rules: [
              ...rules,
              { id: UNREADABLE, shortDescription: { text: 'BuildKit refuses the file.' }, defaultConfiguration: { level: 'error' } },
            ],
          },
        },
        columnKind: 'utf16CodeUnits',
        results: files.flatMap((file) => [
          ...file.problems.map((problem) => result(file, UNREADABLE, 'error', problem.message, file.file.rangeOf(problem.span))),
          ...file.findings.map((finding) => ({
            ...result(file, finding.rule.id, LEVELS[finding.severity], finding.message, finding.range),
            ...(finding.fix === undefined ? {} : { fixes: [fixOf(file, finding.rule, finding.fix)] }),
          })),
        ]),
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
};

function result({ path }: JudgedFile, ruleId: string, level: string, text: string, range: Range): object {
  return {
    ruleId,
    level,
    message: { text },
    locations: [locationOf(path, range)],
  };
}

const fixOf = ({ path, file }: JudgedFile, rule: RuleFacts, fix: Fix): object => ({
  description: { text: fix.title },
  artifactChanges: [
    {
      artifactLocation: { uri: uriOf(path) },
      replacements: fix.edits.map((edit) => ({ deletedRegion: regionOf(file.rangeOf(edit.span)), insertedContent: { text: edit.text } })),
    },
  ],
  properties: { unsafe: isUnsafe(rule, fix) },
});
