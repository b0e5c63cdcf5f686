import type { KeyValue } from '../../config/index.ts';
import { lastOf, type StageStep } from '../../lint/index.ts';
import { factAt, leftOut, type FactReader } from './fact.ts';

/** What HEALTHCHECK asks, how, and when. */
export const healthFacts: FactReader = (stage, { contract }) => {
  const step = lastOf(stage, 'HEALTHCHECK');
  const { args } = step?.instruction ?? {};
  if (step === undefined || args?.form !== 'health') return [];
  if (args.kind.text.toUpperCase() === 'NONE') return [factAt(step, 'health check', 'none', [['healthCheck'], false])];
  const value = step.script.text.trim();
  const [, path] = /https?:\/\/[^\s/"']+(\/[^\s"')]*)/.exec(value) ?? [];
  if (path === undefined || contract.ports.length === 0)
    return [leftOut(step, 'health check', value, 'what it asks is no address; the written one asks the service itself')];
  const keys: KeyValue[] = contract.healthCheck?.path === path ? [] : [[['healthCheck', 'path'], path]];
  if (step.script.calls.some(({ program }) => program === 'curl')) keys.push([['dockerfile', 'healthCheck'], 'curl']);
  return [factAt(step, 'health check', value, ...keys, ...times(step))];
};

const TIMES: Readonly<Record<string, string>> = { interval: 'interval', timeout: 'timeout', 'start-period': 'startPeriod' };

/** Times that plimsoll.yaml can say: `30s`, not Go's `1m30s`. */
const times = ({ instruction }: StageStep): readonly KeyValue[] =>
  instruction.flags.flatMap(({ name, value = '' }): KeyValue[] => {
    if (name === 'retries' && /^\d+$/.test(value)) return [[['healthCheck', 'retries'], Number(value)]];
    const key = TIMES[name];
    return key === undefined || !/^\d+(\.\d+)?(ms|s|m)$/.test(value) ? [] : [[['healthCheck', key], value]];
  });
