import type { Rule } from '../lint/index.ts';

/** The page of a rule: docs/rules/ID.md and `plimsoll explain ID`. */
export function rulePage(rule: Rule): string {
  const bad = rule.examples.filter((example) => example.text.includes('«'));
  const good = rule.examples.filter((example) => !example.text.includes('«'));
  const fixes = {
    none: 'There is no fix that a program could choose.',
    safe: 'Mended by `plimsoll lint --fix`; what the image contains stays the same.',
    unsafe: 'Mended by `plimsoll lint --fix --unsafe`: what the image contains changes.',
  }[rule.fixes];
  return [
    `# ${rule.id}`,
    '',
    `**${rule.summary}**`,
    '',
    rule.why,
    '',
    ...(rule.aliases.length === 0 ? [] : [`Also known as ${rule.aliases.map((alias) => `\`${alias}\``).join(', ')}.`]),
    `Severity: ${rule.severity}. Presets: ${rule.presets.length === 0 ? 'none' : rule.presets.join(', ')}.`,
    fixes,
    '',
    '## Found',
    '',
    ...bad.flatMap((example) => [...block(example.text), ...(example.fixed === undefined ? [] : ['mended:', '', ...block(example.fixed)])]),
    '## Not found',
    '',
    ...good.flatMap((example) => block(example.text)),
    `Source: ${rule.source}.`,
    '',
  ].join('\n');
}

/** Markdown code; what is found stands between « and ». */
const block = (text: string): string[] => ['```dockerfile', text.replace(/\n$/, ''), '```', ''];
