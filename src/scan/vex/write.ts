import { createHash } from 'node:crypto';
import type { Finding } from '../judge.ts';

export interface VexAbout {
  readonly digest: string;
  /** The image's name without tag; absent: it has none. */
  readonly name?: string;
  /** ISO 8601. */
  readonly at: string;
  readonly author: string;
}

/**
 * What was found as a document of OpenVEX 0.2.0. What is not affected by another document's word is so here too, with the
 * same justification; everything else affects, with what is to be done about it. What is unknown is no statement.
 */
export function writeVex(findings: readonly Finding[], about: VexAbout): string {
  const product = `pkg:oci/${encodeURIComponent(about.name?.split('/').at(-1) ?? 'image')}@${encodeURIComponent(about.digest)}`;
  const statements = findings.map((finding) => ({
    vulnerability: { name: finding.advisory.id, ...(finding.advisory.aliases.length > 0 ? { aliases: finding.advisory.aliases } : {}) },
    products: [{ '@id': product, subcomponents: [{ '@id': finding.result.package.purl }] }],
    ...statusOf(finding),
  }));
  const body = { author: about.author, timestamp: about.at, version: 1, statements };
  const id = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  return `${JSON.stringify({ '@context': 'https://openvex.dev/ns/v0.2.0', '@id': `urn:plimsoll:vex:${id}`, ...body }, null, 2)}\n`;
}

/** The words that OpenVEX has for why something is not affected; others go into its free text. */
const JUSTIFICATIONS = new Set([
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
]);

function statusOf({ result, advisory, because, notAffected, counts }: Finding): object {
  if (notAffected && JUSTIFICATIONS.has(notAffected.justification))
    return { status: 'not_affected', justification: notAffected.justification };
  if (notAffected) return { status: 'not_affected', impact_statement: notAffected.justification };
  const upgrade = result.through.length > 0 ? `, through ${result.through.join(', ')}` : '';
  const action = advisory.fixed === undefined ? 'there is no fixed version yet' : `take ${result.package.name} ${advisory.fixed}${upgrade}`;
  return { status: 'affected', action_statement: counts || because === undefined ? action : `${action}; ${because}` };
}
