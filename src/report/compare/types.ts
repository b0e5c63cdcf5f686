import type { FileChanges, FolderChange, ImageSummary, PackageChange, SettingChange } from '../../image/index.ts';
import type { GateResult } from '../../prove/index.ts';
import type { Finding } from '../../scan/index.ts';

/** One of the two that are compared. */
export interface Side {
  /** As it was named. */
  readonly ref: string;
  readonly image: ImageSummary;
  /** Findings of the linter in the Dockerfile that was named for it. */
  readonly findings?: number;
  /** What its build took then, in milliseconds, by its own account. */
  readonly builtMs?: number;
  /** Where both were proven: what was measured of it. */
  readonly gates?: readonly GateResult[];
  /** Where both were scanned: what is known of its packages. */
  readonly vulnerabilities?: Vulnerabilities;
}

export interface Vulnerabilities {
  /** Those that count by the policy of the scan. */
  readonly known: readonly Finding[];
  /** Packages for which not all sources answered. */
  readonly unknownPackages: number;
}

export interface Comparison {
  readonly before: Side;
  readonly after: Side;
  readonly settings: readonly SettingChange[];
  readonly files: FileChanges;
  readonly folders: readonly FolderChange[];
  readonly packages: readonly PackageChange[];
  readonly regressions: readonly Regression[];
}

/** A line of the table; `change` where a figure can say it. */
export interface CompareRow {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
}

/** What got worse by more than is tolerated. */
export interface Regression {
  /** The row of the table that it is in. */
  readonly what: string;
  /** In one line: `62.1 MB, 12 % more than 55.4 MB (5 % is tolerated)`. */
  readonly says: string;
}
