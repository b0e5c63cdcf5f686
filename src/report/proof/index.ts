import { html } from './html/index.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { proofSarif } from './sarif.ts';
import type { ProofFormat } from './types.ts';

/** The reports of a proof that are files, by the option that asks for each. */
export const proofFormats = { html, markdown, junit, sarif: proofSarif } as const satisfies Readonly<Record<string, ProofFormat>>;

export type ProofFormatName = keyof typeof proofFormats;
