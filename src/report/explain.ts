import type { DecisionRule } from '../plan/index.ts';
import type { Gate, Profile } from '../prove/index.ts';
import { formatBytes, formatMs } from './units.ts';

/** The page of a gate: docs/gates/ID.md and `plimsoll explain ID`. `profiles`: those that may change its level. */
export function gatePage(gate: Gate, profiles: readonly Profile[]): string {
  const level =
    gate.level === 'required'
      ? 'Required: an image that fails it is not fit.'
      : 'Advised: a failure is reported and does not make an image unfit.';
  const needs =
    gate.needs.length === 0
      ? 'Measured without starting the service.'
      : `Needs a runner${needsList(gate)}; where that is lacking the outcome is \`unproven\`: it could not be measured on this machine.`;
  const there = profiles.flatMap(({ id, levels }) => levels.filter((it) => it.gate === gate.id).map((it) => ({ id, ...it })));
  const levels = there.map((it) => `- In the profile ${it.id} it is ${it.level}: ${it.why}. Source: ${it.source}.`);
  return [
    `# ${gate.id}`,
    '',
    `**${gate.promise}**`,
    '',
    gate.why,
    '',
    level,
    '',
    ...levels,
    ...(levels.length === 0 ? [] : ['']),
    needs,
    '',
    `Source: ${gate.source}.`,
    '',
  ].join('\n');
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

/** The page of a profile: `plimsoll explain ID`. */
export function profilePage({ id, about, levels, grace, memory }: Profile): string {
  const most = grace.mostMs === undefined ? '' : `, ${formatMs(grace.mostMs)} at most`;
  return [
    `# ${id}`,
    '',
    `**${about}**`,
    '',
    `\`--profile ${id}\`, or \`prove: {profile: ${id}}\` in plimsoll.yaml.`,
    '',
    `To stop: ${formatMs(grace.ms)} unless plimsoll.yaml names another grace${most}. Source: ${grace.source}.`,
    '',
    ...(memory ? [`Memory: ${formatBytes(memory.bytes)} unless plimsoll.yaml names a limit. Source: ${memory.source}.`, ''] : []),
    ...(levels.length === 0 ? ['Each check has the level that it has anyway.', ''] : []),
    ...levels.flatMap(({ gate, level, why, source }) => [`- \`${gate}\` is ${level}: ${why}. Source: ${source}.`]),
    ...(levels.length === 0 ? [] : ['']),
  ].join('\n');
}
