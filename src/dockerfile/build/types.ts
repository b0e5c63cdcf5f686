import type { Expansion } from '../expand.ts';
import type { Instruction, Problem, Span } from '../syntax.ts';
import type { CheckOptions } from './check-options.ts';
import type { Platform } from './platform.ts';

/** A word that the build puts variables into. */
export interface ExpandedWord {
  readonly text: string;
  readonly expansion: Expansion;
  /** Names that are neither set nor declared by an ARG of the stage. */
  readonly undefinedNames: readonly string[];
  /** Names that are set, for suggestions. */
  readonly known: readonly string[];
  /** Where the word stands; that of FROM for what ONBUILD brought. */
  readonly span: Span;
}

/** One instruction as the build meets it. */
export interface Step {
  readonly instruction: Instruction;
  /** The stage's number, from 0. */
  readonly stage: number;
  /** Brought by ONBUILD of the base stage: its place is the stage's FROM. */
  readonly trigger: boolean;
  readonly span: Span;
  readonly startLine: number;
  readonly endLine: number;
  readonly expanded: readonly ExpandedWord[];
  /** ENV and LABEL: names and values; WORKDIR: the path; EXPOSE: the ports; ADD and COPY: the sources. Variables are in. */
  readonly words: readonly string[];
  /** A SHELL came before it in the stage or its base stages. */
  readonly shellSet: boolean;
  /** A WORKDIR came before it in the stage or its base stages. */
  readonly workdirSet: boolean;
  /** COPY: the files come from the build's context, not from a stage or an image. */
  readonly fromContext: boolean;
  readonly os: string;
  /** BuildKit stopped in this instruction. */
  readonly stopped: boolean;
}

/** A variable that FROM uses. */
export interface FromUse {
  readonly expansion: Expansion;
  /** Names that no ARG before the first FROM declares. */
  readonly undefinedNames: readonly string[];
  readonly known: readonly string[];
}

/** A stage as the build meets its FROM. */
export interface StageStart {
  readonly from: Instruction;
  readonly name: string | undefined;
  readonly base: FromUse;
  readonly platform?: FromUse & { readonly parsed: Platform | undefined };
}

/** An image that FROM, COPY or a mount names. */
export interface UsedImage {
  readonly name: string;
  /** What names it; undefined for a mount. */
  readonly at: Instruction | undefined;
  /** The platform that the build asks for. */
  readonly platform: Platform;
}

/** How far BuildKit came before it stopped. */
export type Phase = 'options' | 'parse' | 'instructions' | 'stages' | 'steps' | 'end';

/** A Dockerfile as BuildKit's frontend converts it, without running anything. */
export interface Evaluation {
  /** What stops the build. Several only where BuildKit itself may name any of them. */
  readonly problems: readonly Problem[];
  readonly phase: Phase;
  readonly options: CheckOptions;
  /** Instructions read before BuildKit stopped. */
  readonly read: readonly Instruction[];
  /** FROMs whose image has no name, or an impossible one, when no build argument is given. */
  readonly invalidDefaultBases: readonly Instruction[];
  readonly stages: readonly StageStart[];
  readonly steps: readonly Step[];
  /** The images that the build takes from elsewhere. */
  readonly images: readonly UsedImage[];
  /** What TARGETPLATFORM is, with the ARGs before the first FROM that set it anew. */
  readonly targetPlatformText: string;
}
