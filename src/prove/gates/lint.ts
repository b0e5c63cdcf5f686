import { failed, gate, listed, passed, seen, skipped } from '../outcome.ts';
import { count } from '../quantity.ts';

export const lint = gate({
  id: 'lint',
  level: 'required',
  promise: 'The Dockerfile that the image was made of has no error and no warning of the preset `recommended`.',
  why: 'What an image does wrong most often stands in a line of its Dockerfile; there it is mended, and stays so for the next build.',
  source: 'the rules’ own sources: `plimsoll explain RULE`; Docker, "Building best practices"',
  needs: [],
  limit: ({ dockerfile }) => (dockerfile ? count(0, 'finding') : undefined),
  async measure({ dockerfile }) {
    if (!dockerfile) return skipped('no Dockerfile of the repository made this image');
    const { lint: judge } = await import('../../lint/index.ts'); // loaded only where there is a Dockerfile
    const { path, text, options } = dockerfile;
    const { findings, problems } = judge(text, options);
    const grave = findings.filter(({ severity }) => severity === 'error' || severity === 'warning');
    const found = [
      ...problems.map(({ startLine, message }) => ({ where: `${path}:${startLine}`, what: message, rule: undefined })),
      ...grave.map(({ rule, message, range: { start } }) => ({
        where: `${path}:${start.line}:${start.column}`,
        what: message,
        rule: rule.id,
      })),
    ];
    const [first, ...rest] = found;
    if (!first) {
      const lesser = findings.length === 0 ? 'nothing to say' : `${count(findings.length, 'finding').text} below a warning`;
      return passed([seen(path, lesser)], { measured: count(0, 'finding') });
    }
    const evidence = ({ where, what, rule }: typeof first) => seen(where, rule === undefined ? what : `${what} (${rule})`);
    return failed(
      listed(found.map(({ where, what }) => `${where}: ${what}`)),
      fixFor(
        path,
        [...new Set(grave.map(({ rule }) => rule.id))],
        grave.some(({ fix }) => fix !== undefined),
      ),
      [evidence(first), ...rest.map(evidence)],
      count(found.length, 'finding'),
    );
  },
});

function fixFor(path: string, rules: readonly string[], isFixable: boolean): string {
  const mend = isFixable ? `\`plimsoll lint --fix --diff ${path}\` shows what can be mended` : `mend it in ${path}`;
  return rules.length === 0
    ? mend
    : `${mend}; \`plimsoll explain ${rules.slice(0, 3).join(' ')}\` says why; what must stay is left with \`# plimsoll ignore=${rules[0]} REASON\` above it`;
}
