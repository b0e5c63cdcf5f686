import type { Dockerfile, Edit, Evaluation, IgnoreMatcher, Instruction, Span } from '../dockerfile/index.ts';
import type { HadolintConfig } from './hadolint-settings.ts';
import type { Reading } from './reading/index.ts';
import type { Stage } from './stages/index.ts';

export type Severity = 'error' | 'warning' | 'info' | 'style';
export type PresetName = 'recommended' | 'hadolint' | 'buildkit';

/** A way to mend a finding. */
export interface Fix {
  /** What it does, as an order: "write the name in lower case". */
  readonly title: string;
  readonly edits: readonly Edit[];
  /** Whether it changes what the image contains; where it does not say, the rule's `fixes` does. */
  readonly changesImage?: boolean;
}

/** What a rule found at one place. */
export interface Report {
  readonly span: Span;
  readonly message: string;
  /** The instruction that other linters name for it. */
  readonly instruction?: Instruction | undefined;
  /** Lines that other linters name, where they are not the instruction's. */
  readonly lines?: { readonly start: number; readonly end: number };
  /** Comments whose `# check=skip=` BuildKit would honour for it; those of the file hold always. */
  readonly comments?: readonly string[];
  readonly fix?: Fix | undefined;
}

/** Text with « and » around what must be reported; without them nothing may be. `fixed` is what the fix makes of it. */
export interface Example {
  readonly text: string;
  readonly fixed?: string;
  /** Patterns of the .dockerignore that lies beside it. */
  readonly ignore?: string;
  /** Platforms of base images, as `os/architecture`. */
  readonly bases?: Readonly<Record<string, string>>;
  /** What .hadolint.yaml says. */
  readonly hadolint?: Partial<HadolintConfig>;
  readonly path?: string;
  /** What lies beside it: contents by path; a path that ends in `/` is an empty folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A folder that may be the build's context. Paths are relative to it, with `/`. */
export interface Context {
  readonly kindOf: (path: string) => 'file' | 'folder' | undefined;
  /** The text of a file; undefined where there is none. */
  readonly read: (path: string) => string | undefined;
}

/** What a rule looks at. */
export interface Subject {
  readonly file: Dockerfile;
  /** Its instructions, each as one line, with their heredocs. */
  readonly said: string;
  /** The file's name, with folders where they are known: `docker/Dockerfile.dev`. Empty where there is only a text. */
  readonly path: string;
  /** The build as BuildKit would do it; made when it is first asked for. */
  readonly evaluation: Evaluation;
  /** The file as hadolint reads it; made when it is first asked for. */
  readonly reading: Reading;
  /** What .hadolint.yaml says. */
  readonly hadolint: HadolintConfig;
  /** What .dockerignore leaves out; undefined without such a file or with exceptions in it, which nobody can tell. */
  readonly ignored: IgnoreMatcher | undefined;
  /** The platform of an image, as `os/architecture`, where it is known. */
  readonly platformOf: (image: string) => string | undefined;
  /** What our own rules look at; made when it is first asked for. */
  readonly stages: readonly Stage[];
  /** Folders that may be the context: that of the Dockerfile and those above it, in the repository. Empty where there is only a text. */
  readonly contexts: readonly Context[];
}

export interface Rule {
  /** Words, as in the file's name. */
  readonly id: string;
  /** Names that people know it by: hadolint's codes, BuildKit's names. */
  readonly aliases: readonly string[];
  /** Codes of hadolint for the same matter: who ignores them does not want to hear of it from us. */
  readonly answeredBy?: readonly string[];
  readonly presets: readonly PresetName[];
  readonly severity: Severity;
  /** Whether its fixes leave the image as it is, unless one of them says otherwise; `none` where there are no fixes. */
  readonly fixes: 'safe' | 'unsafe' | 'none';
  /** Only on where `# check=experimental=` names it. */
  readonly experimental?: boolean;
  /** In `recommended` it says nothing of a file that is for tests, examples or development. */
  readonly shippedOnly?: boolean;
  /** Only on where a configuration gives it a severity, or where it is asked for alone. */
  readonly offByDefault?: boolean;
  readonly summary: string;
  readonly why: string;
  readonly source: string;
  readonly examples: readonly [Example, ...Example[]];
  /** What `said` of a file with a finding surely has in it. Most files mention little, and the rest need not be looked for. */
  readonly mentions?: RegExp;
  /** Pure. */
  readonly detect: (subject: Subject) => Iterable<Report>;
}

/** Says that an object is a rule; nothing more. */
export const rule = <const R extends Rule>(definition: R): R => definition;

/** What a report says of a rule, whoever found it. */
export type RuleFacts = Omit<Rule, 'examples' | 'detect'>;

/** Whether a fix needs `--unsafe`: it changes what the image contains. */
export const isUnsafe = (rule: RuleFacts, fix: Fix): boolean => fix.changesImage ?? rule.fixes === 'unsafe';
