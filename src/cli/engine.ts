import { UserError } from '../base/index.ts';
import { directEngine, dockerfileEngine, type Engine } from '../build/index.ts';
import type { BuildOptions } from './options.ts';

const DEFAULT_TIMEOUT_S = 3600;

/** What `--engine` names. Throws UserError for options that say something about a Dockerfile when none is built. */
export function engineOf(options: BuildOptions): Engine {
  const { target, buildArg, secret, cacheFrom, cacheTo, network, provenance, sbomGenerator, buildkitAddr, buildTimeout } = options;
  const sbom = sbomGenerator === undefined ? options.sbom : { generator: sbomGenerator };
  const named = Object.entries({
    '--target': target,
    '--build-arg': buildArg,
    '--secret': secret,
    '--cache-from': cacheFrom,
    '--cache-to': cacheTo,
    '--network': network,
    '--provenance': provenance,
    // The direct engine’s is Plimsoll’s own, attached when the image is written.
    '--sbom': options.engine === 'direct' ? undefined : options.sbom,
    '--sbom-generator': sbomGenerator,
    '--buildkit-addr': buildkitAddr,
    '--build-timeout': buildTimeout,
  }).find(([, value]) => value !== undefined);
  if (options.engine === 'direct') {
    if (!named) return directEngine;
    throw new UserError(`\`${named[0]}\` is about building a Dockerfile`, 'add `--engine buildkit`, `docker` or `podman`');
  }
  if (options.locked === true)
    throw new UserError(
      '`--locked` is about plimsoll.lock, which a Dockerfile does not read',
      'leave it out, or build with the direct engine',
    );
  return dockerfileEngine(options.engine, {
    ...(target === undefined ? {} : { target }),
    ...(buildArg === undefined ? {} : { buildArgs: buildArg }),
    ...(secret === undefined ? {} : { secrets: secret }),
    ...(cacheFrom === undefined ? {} : { cacheFrom }),
    ...(cacheTo === undefined ? {} : { cacheTo }),
    ...(network === undefined ? {} : { network }),
    ...(provenance === undefined ? {} : { provenance }),
    ...(sbom === undefined ? {} : { sbom }),
    ...(buildkitAddr === undefined ? {} : { address: buildkitAddr }),
    timeoutMs: (buildTimeout ?? DEFAULT_TIMEOUT_S) * 1000,
    say: (line) => process.stderr.write(`${line}\n`),
  });
}
