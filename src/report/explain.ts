import type { DecisionRule } from '../plan/index.ts';
import type { Gate } from '../prove/index.ts';

/** The page of a gate: docs/gates/ID.md and `plimsoll explain ID`. */
export function gatePage(gate: Gate): string {
  const level =
    gate.level === 'required'
      ? 'Required: an image that fails it is not fit.'
      : 'Advised: a failure is reported and does not make an image unfit.';
  const needs =
    gate.needs.length === 0
      ? 'Measured without starting the service.'
      : `Needs a runner${needsList(gate)}; where that is lacking the outcome is \`unproven\`: it could not be measured on this machine.`;
  return [`# ${gate.id}`, '', `**${gate.promise}**`, '', gate.why, '', level, '', needs, '', `Source: ${gate.source}.`, ''].join('\n');
}

const needsList = (gate: Gate): string => {
  const abilities = gate.needs.filter((n) => n !== 'runner');
  return abilities.length === 0 ? '' : ` that can offer ${abilities.join(' and ')}`;
};

/** The page of a decision: docs/decisions/ID.md and `plimsoll explain ID`. */
export function decisionPage(rule: DecisionRule): string {
  const choices = Object.entries(rule.choices);
  return [
    `# ${rule.id}`,
    '',
    `**${rule.question}**`,
    '',
    rule.why,
    '',
    ...(choices.length > 0
      ? ['| choice | what speaks for and against it |', '| --- | --- |', ...choices.map(([c, t]) => `| ${c} | ${t} |`), '']
      : []),
    ...(rule.key === undefined ? [] : [`Override it with \`${rule.key}:\` in plimsoll.yaml.`, '']),
  ].join('\n');
}
