import { evaluate, ignoreMatcher, type Dockerfile, type Evaluation } from '../dockerfile/index.ts';
import { DEFAULT_HADOLINT_CONFIG, type HadolintConfig } from './hadolint-settings.ts';
import { readDockerfile, type Reading } from './reading/index.ts';
import { readStages, type Stage } from './stages/index.ts';
import type { Context, PresetName, Subject } from './types.ts';

export interface LintOptions {
  readonly preset?: PresetName;
  /** The file's path within its repository: some say what the file is for. */
  readonly path?: string;
  /** Ids or aliases: these rules alone, whatever the preset. */
  readonly only?: readonly string[];
  /** The text of the .dockerignore beside the file. */
  readonly ignore?: string | undefined;
  /** The platform of an image, as `os/architecture`, where it is known. */
  readonly platformOf?: (image: string) => string | undefined;
  /** What .hadolint.yaml says; what it leaves out is as hadolint has it. */
  readonly hadolint?: Partial<HadolintConfig> | undefined;
  /** Folders that may be the build's context, the nearest first. */
  readonly contexts?: readonly Context[];
}

/** What rules look at in a file, each part made when the first of them asks for it. */
export function subjectOf(file: Dockerfile, options: LintOptions = {}): Subject {
  const preset = options.preset ?? 'recommended';
  let evaluation: Evaluation | undefined;
  let reading: Reading | undefined;
  let stages: readonly Stage[] | undefined;
  return {
    file,
    said: textOf(file),
    path: options.path ?? '',
    hadolint: { ...DEFAULT_HADOLINT_CONFIG, ...options.hadolint },
    get reading() {
      reading ??= readDockerfile(file);
      return reading;
    },
    get evaluation() {
      // BuildKit itself looks at a file as if no build argument were given; nobody else wants to hear that as an error.
      evaluation ??= evaluate(file, preset === 'buildkit' ? {} : { argumentsGiven: true, fragment: true });
      return evaluation;
    },
    get stages() {
      stages ??= readStages(file, this.evaluation);
      return stages;
    },
    contexts: options.contexts ?? [],
    ignored: ignoredBy(options.ignore),
    platformOf: options.platformOf ?? ((): undefined => undefined),
  };
}

/** Each instruction as one line, with its heredocs. */
const textOf = ({ instructions }: Dockerfile): string =>
  instructions.map(({ line, heredocs }) => [line, ...heredocs.map(({ content }) => content)].join('\n')).join('\n');

/** Nothing can be told from a .dockerignore with exceptions, as BuildKit has it. */
function ignoredBy(text: string | undefined): Subject['ignored'] {
  if (text === undefined || /^\s*!/m.test(text)) return undefined;
  return ignoreMatcher(text);
}
