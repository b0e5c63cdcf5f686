import type { Range } from '../base/index.ts';
import type { Edit } from '../dockerfile/index.ts';

/** The name of an image as a file has it, where a digest can stand in it. */
export interface Reference {
  /** `python:3.12-slim`, without quotes around it. */
  readonly text: string;
  /** Offsets of exactly that text. */
  readonly span: Edit['span'];
  readonly range: Range;
  readonly digest: string | undefined;
}

/** What names an image and gets no digest here. */
export interface Left {
  readonly text: string;
  readonly range: Range;
  readonly why: string;
  /**
   * Whether the file lets the image float: it names one, and in a way that leaves no place for a digest. False where
   * what decides stands elsewhere: a build argument, the environment.
   */
  readonly floats: boolean;
}

/** What a file takes from registries, in the order of its text. */
export interface TakenImages {
  readonly references: readonly Reference[];
  readonly left: readonly Left[];
  /** Names of images that are built from what the file says: no registry need have them. */
  readonly built: readonly string[];
}

/** Why a file cannot be read. */
export interface Unreadable {
  readonly problem: string;
  readonly hint: string;
  readonly at: Range['start'];
}
