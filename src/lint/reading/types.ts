import type { Instruction, Span } from '../../dockerfile/index.ts';
import type { Script } from '../shell/index.ts';
import type { Said } from './said.ts';

/** An image; what stands before the first `/` is a registry where it has a dot in it. */
export interface Image {
  readonly registry: string | undefined;
  readonly name: string;
}

export interface BaseImage extends Image {
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  readonly alias: string | undefined;
  readonly platform: string | undefined;
}

/** The arguments of RUN, CMD and their like. */
export interface ShellArguments {
  /** A JSON list; its strings are the script, with blanks between. */
  readonly isList: boolean;
  readonly said: Said;
  /** Read when it is first asked for. */
  readonly script: Script;
}

export interface Mount {
  readonly type: 'bind' | 'cache' | 'tmpfs' | 'secret' | 'ssh';
  /** Options in words, as `target` and `from`. */
  readonly options: Readonly<Record<string, string>>;
}

export interface LabelPair {
  readonly name: string;
  readonly value: string;
  readonly span: Span;
}

export type Port = { readonly from: number; readonly to: number } | 'variable';

/** What hadolint knows of an instruction. */
export type Content =
  | { readonly name: 'FROM'; readonly base: BaseImage }
  | { readonly name: 'RUN'; readonly arguments: ShellArguments; readonly mounts: readonly Mount[]; readonly flags: string }
  | { readonly name: 'CMD' | 'ENTRYPOINT' | 'SHELL'; readonly arguments: ShellArguments }
  | { readonly name: 'HEALTHCHECK'; readonly arguments: ShellArguments | undefined }
  | { readonly name: 'COPY'; readonly sources: readonly string[]; readonly target: string; readonly from: string | undefined }
  | { readonly name: 'ADD'; readonly sources: readonly string[]; readonly target: string }
  | { readonly name: 'ENV' | 'LABEL'; readonly pairs: readonly LabelPair[] }
  | { readonly name: 'ARG'; readonly variable: string }
  | { readonly name: 'USER' | 'WORKDIR' | 'VOLUME' | 'STOPSIGNAL' | 'MAINTAINER'; readonly text: string }
  | { readonly name: 'EXPOSE'; readonly ports: readonly Port[] }
  | { readonly name: 'ONBUILD'; readonly trigger: Content }
  | { readonly name: 'comment'; readonly text: string }
  | { readonly name: 'directive' };

/** An instruction as hadolint reads it. */
export type ReadInstruction<C extends Content = Content> = C & {
  /** From 1. */
  readonly line: number;
  readonly span: Span;
  /** The same instruction in the tree. */
  readonly instruction: Instruction | undefined;
};

/** A Dockerfile as hadolint reads it. */
export interface Reading {
  readonly instructions: readonly ReadInstruction[];
  /** Lines of what it could not read; it refuses the whole file then, we go on. */
  readonly unread: readonly number[];
}
