import type { Because, Evidence } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { Application, Service } from '../service/index.ts';
import type { Decision } from './types.ts';

/** Choices given on the command line for one run. */
export interface Flags {
  readonly base?: string | undefined;
  readonly bytecode?: 'dependencies' | 'none' | undefined;
}

/** What the machine that builds is like, as far as a decision depends on it. */
export interface Host {
  /** Why it can have no packages of Debian; absent: it can. */
  readonly noDebian?: Evidence | undefined;
}

/** What a decision may look at. `decided` holds the decisions made before it, by id. */
export interface Context {
  readonly service: Service;
  readonly config: Config;
  readonly flags: Flags;
  readonly host: Host;
  readonly decided: Readonly<Record<string, Decision>>;
}

/** A choice with its reason. */
export interface Answer {
  readonly choice: string;
  /** The choice in one line for people. */
  readonly says: string;
  readonly because: Because;
  readonly decidedBy: Decision['decidedBy'];
  /** Its name among the rule's `choices`, where that is another. */
  readonly is?: string;
}

/** One question that the design answers. One file each in decisions/. */
export interface DecisionRule {
  readonly id: string;
  readonly question: string;
  /** Each choice with its trade-off in one line; those not taken are the alternatives. */
  readonly choices: Readonly<Record<string, string>>;
  /** Why the question matters, for `plimsoll explain`. */
  readonly why: string;
  /** The key of plimsoll.yaml that overrides it. */
  readonly key?: string;
  /** Undefined: the question does not come up. */
  decide(context: Context): Answer | undefined;
}

export const decision = <const R extends DecisionRule>(rule: R): R => rule;

/** The source says so. */
export const detected = (choice: string, says: string, ...because: Because): Answer => ({ choice, says, because, decidedBy: 'detected' });

/** plimsoll.yaml says so; `key` is the key's path in it. */
export const configured = (choice: string, says: string, key: string): Answer => ({
  choice,
  says,
  because: [{ from: 'config', name: key }],
  decidedBy: 'config',
});

/** The command line says so. */
export const flagged = (choice: string, says: string, flag: string): Answer => ({
  choice,
  says,
  because: [{ from: 'flag', name: flag }],
  decidedBy: 'flag',
});

/** Nothing says so; this is what Plimsoll takes, and why. */
export const byDefault = (choice: string, says: string, ...because: Because): Answer => ({ choice, says, because, decidedBy: 'default' });

/** Runs the rules in order, each seeing those before it. */
export function decideAll(rules: readonly DecisionRule[], input: Omit<Context, 'decided'>): Decision[] {
  const decided: Record<string, Decision> = {};
  for (const rule of rules) {
    const made = rule.decide({ ...input, decided });
    if (!made) continue;
    const { is, ...answer } = made;
    decided[rule.id] = {
      id: rule.id,
      question: rule.question,
      ...answer,
      alternatives: Object.entries(rule.choices)
        .filter(([choice]) => choice !== (is ?? answer.choice))
        .map(([choice, tradeOff]) => ({ choice, tradeOff })),
    };
  }
  return Object.values(decided);
}

/** The choice of an earlier decision. Throws when the order of the rules is wrong: a bug. */
export function chosen(context: Pick<Context, 'decided'>, id: string): string {
  const found = context.decided[id];
  if (!found) throw new Error(`decision ${id} is not made yet`);
  return found.choice;
}

/** The application, when the reader found exactly one. The entry decision has refused everything else. */
export function applicationOf(service: Service): Application {
  if (!service.application) throw new Error('a plan was asked for without an application');
  return service.application.value;
}

/** Evidence of a fact, or a rule's words where there is no fact. */
export const becauseOf = (fact: { readonly because: Because } | undefined, otherwise: Evidence): Because => fact?.because ?? [otherwise];
