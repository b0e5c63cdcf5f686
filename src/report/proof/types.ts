import type { Decision } from '../../plan/index.ts';
import type { Inspection } from '../../inspect/index.ts';
import type { Proof } from '../../prove/index.ts';
import type { BuildSummary } from '../types.ts';

/** What a report of a proof is made of. */
export interface ProofReport {
  /** Of the service; of an image whose repository is not at hand, the image's. */
  readonly name: string;
  /** With its version: `weather-tracker 1.0.0`. */
  readonly title: string;
  /** None for an image whose repository is not at hand. */
  readonly decisions: readonly Decision[];
  readonly image: BuildSummary['image'] & {
    /** As the image's config says it; empty: root. */
    readonly user: string;
    readonly entrypoint: readonly string[];
    readonly command: readonly string[];
  };
  readonly proof: Proof;
  /** What the image is made of; absent where nobody looked. */
  readonly inspection?: Inspection;
  /** From where the command was called to the service: '' or `services/api`. */
  readonly folder: string;
  readonly at: Date;
  /** `0.1.0`, of Plimsoll. */
  readonly version: string;
}

/** Writes a document, with its last line end. */
export type ProofFormat = (report: ProofReport) => string;
