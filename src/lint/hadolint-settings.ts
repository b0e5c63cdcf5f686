import type { Severity } from './types.ts';

/** What a label has to be. */
export type LabelType = 'email' | 'hash' | 'text' | 'rfc3339' | 'semver' | 'spdx' | 'url';

/** What `.hadolint.yaml` says. */
export interface HadolintConfig {
  /** Codes that are not reported. */
  readonly ignored: readonly string[];
  /** Codes whose severity is another than hadolint's own. `error` wins over `warning`, and so on. */
  readonly override: Readonly<Record<Severity, readonly string[]>>;
  /** Registries that images may come from, with `*` at an end; all where it is empty. */
  readonly trustedRegistries: readonly string[];
  /** Labels that each stage should have. */
  readonly labelSchema: Readonly<Record<string, LabelType>>;
  /** Whether other labels are reported. */
  readonly strictLabels: boolean;
  /** Whether `# hadolint ignore=` counts for nothing. */
  readonly disableIgnorePragma: boolean;
  /** The mildest severity that makes hadolint fail; `none` where nothing does. */
  readonly failureThreshold: Severity | 'none';
  /** Whether it never fails. */
  readonly noFail: boolean;
}

/** hadolint without a configuration. */
export const DEFAULT_HADOLINT_CONFIG: HadolintConfig = {
  ignored: [],
  override: { error: [], warning: [], info: [], style: [] },
  trustedRegistries: [],
  labelSchema: {},
  strictLabels: false,
  disableIgnorePragma: false,
  failureThreshold: 'info',
  noFail: false,
};
