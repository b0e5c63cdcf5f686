import type { Told } from './advisories.ts';

/** Whose rules a package's version follows. */
export type Ecosystem = 'debian' | 'alpine' | 'rpm' | 'python' | 'npm';

/** What a scan must know of a package; `image` reads such packages from an image. */
export interface ScannedPackage {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
  readonly architecture?: string | undefined;
  /** What it was built from, where that has another name or version. */
  readonly source?: { readonly name: string; readonly version: string } | undefined;
  /** Of the system that it belongs to, from os-release(5): its ID and VERSION_ID. */
  readonly distribution?:
    | { readonly id: string; readonly version?: string | undefined; readonly codename?: string | undefined }
    | undefined;
  readonly purl: string;
  /** Names of packages that it needs, of its own ecosystem. */
  readonly requires?: readonly string[] | undefined;
}

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One vulnerability of one package, as a source tells it, or as several do. */
export interface Advisory {
  /** CVE where it has one. */
  readonly id: string;
  readonly aliases: readonly string[];
  /** Absent: nobody rated it. */
  readonly severity?: Severity | undefined;
  /** CVSS base score, 0 to 10. */
  readonly score?: number | undefined;
  /** The first version without it; absent: there is none. */
  readonly fixed?: string | undefined;
  readonly summary?: string | undefined;
  readonly sources: readonly SourceId[];
}

export type SourceId = 'pypi' | 'npm' | 'debian-suites' | 'debian-tracker' | 'osv' | 'database' | 'trivy' | 'grype';

/** What a source said of one package. */
export type Answer =
  | {
      readonly answered: true;
      readonly told: readonly Told[];
      /** When what it knows is of: ISO 8601. */
      readonly asOf: string;
      /** What it has and cannot say of this version. */
      readonly unsure?: readonly string[];
    }
  /** Why it said nothing: then nobody may say that there is nothing. */
  | { readonly answered: false; readonly why: string };

export const silence = (why: string): Answer => ({ answered: false, why });

/** Who knows of vulnerabilities. One file each in sources/. */
export interface Source {
  readonly id: SourceId;
  /** For people: `Debian’s security suites`. */
  readonly name: string;
  /** What its silence on a package does not say; absent: nothing is left out. */
  readonly saysNothingOf?: string;
  concerns(one: ScannedPackage): boolean;
  /** Never throws for what cannot be reached: that is an answer. */
  ask(packages: readonly ScannedPackage[], job: AskJob): Promise<ReadonlyMap<ScannedPackage, Answer>>;
}

export interface AskJob {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that one request may take. */
  readonly withinMs: number;
  readonly nowMs: number;
}
