import type { Gate } from '../types.ts';
import { arbitraryUser } from './arbitrary-user.ts';
import { healthCheck } from './health-check.ts';
import { importsResolve } from './imports-resolve.ts';
import { labels } from './labels.ts';
import { licences } from './licences.ts';
import { lint } from './lint.ts';
import { liveness } from './liveness.ts';
import { logs } from './logs.ts';
import { memoryLimit } from './memory-limit.ts';
import { missingVariable } from './missing-variable.ts';
import { noCapabilities } from './no-capabilities.ts';
import { noSecrets } from './no-secrets.ts';
import { nonRootUser } from './non-root-user.ts';
import { noSetuid } from './no-setuid.ts';
import { noTools } from './no-tools.ts';
import { noWorldWritable } from './no-world-writable.ts';
import { pinned } from './pinned.ts';
import { probes } from './probes.ts';
import { programReadOnly } from './program-read-only.ts';
import { readOnlyRoot } from './read-only-root.ts';
import { readyInTime } from './ready-in-time.ts';
import { reaps } from './reaps.ts';
import { reproducible } from './reproducible.ts';
import { sbomMatchesContent } from './sbom-matches-content.ts';
import { sigterm } from './sigterm.ts';
import { sizeBudget } from './size-budget.ts';
import { startCommand } from './start-command.ts';
import { vulnerabilities } from './vulnerabilities.ts';

/** All gates, in the order of reports: what the image is, then what it does. A test compares this list with the folder. */
export const gates: readonly Gate[] = [
  lint,
  pinned,
  reproducible,
  sizeBudget,
  nonRootUser,
  noSetuid,
  noWorldWritable,
  programReadOnly,
  noTools,
  noSecrets,
  licences,
  labels,
  sbomMatchesContent,
  vulnerabilities,
  importsResolve,
  startCommand,
  readyInTime,
  healthCheck,
  readOnlyRoot,
  sigterm,
  missingVariable,
  logs,
  probes,
  liveness,
  noCapabilities,
  reaps,
  memoryLimit,
  arbitraryUser,
];
