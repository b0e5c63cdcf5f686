import { cacheDocument } from './cache.ts';
import { compareDocument } from './compare.ts';
import { discoverDocument } from './discover.ts';
import { doctorDocument } from './doctor.ts';
import { initDocument } from './init.ts';
import { inspectDocument } from './inspect.ts';
import { lintDocument } from './lint.ts';
import { pinDocument } from './pin.ts';
import { planDocument } from './plan.ts';
import { sbomDocument } from './sbom.ts';
import { scanDocument } from './scan.ts';
import { buildDocument, proveDocument, shipAllDocument, shipDocument } from './ship.ts';
import { validateDocument } from './validate.ts';

/**
 * The documents that `--json` prints, by the command's name, as JSON Schemas are made from them (schema/) and as tests
 * hold the commands to them. Milliseconds, bytes, lines and columns from 1. Objects that hold more than others may rely
 * on are loose.
 */
export const jsonDocuments = {
  plan: planDocument,
  build: buildDocument,
  ship: shipDocument,
  'ship-all': shipAllDocument,
  prove: proveDocument,
  discover: discoverDocument,
  lint: lintDocument,
  init: initDocument,
  pin: pinDocument,
  compare: compareDocument,
  inspect: inspectDocument,
  scan: scanDocument,
  validate: validateDocument,
  sbom: sbomDocument,
  doctor: doctorDocument,
  cache: cacheDocument,
};
