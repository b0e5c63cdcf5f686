import type { CauseByContent, Inspection } from '../../inspect/index.ts';

/** What `inspect --json` prints. */
export function inspectJson(inspection: Inspection): unknown {
  const { ref, digest, platform, config, size, layers, other, packages } = inspection;
  return {
    schema: 'plimsoll/inspect/1',
    ref,
    digest,
    platform,
    config,
    size,
    layers: layers.map(({ index, ...layer }) => ({ layer: index + 1, ...layer })),
    causes: inspection.causes.map(({ cause, sizeBytes, files: found, layers: shares }) => ({
      ...causeJson(cause),
      sizeBytes,
      files: found.length,
      layers: shares.map((share) => ({ layer: share.layer + 1, sizeBytes: share.sizeBytes })),
    })),
    waste: inspection.waste.map(({ how, fix, rule, layer, by, sizeBytes, files: hidden }) => ({
      how,
      fix,
      ...(rule === undefined ? {} : { rule }),
      layer: layer + 1,
      by: by + 1,
      sizeBytes,
      files: hidden.map((it) => ({ path: `/${it.path}`, sizeBytes: it.sizeBytes })),
    })),
    other,
    packages,
    files: inspection.files().map(({ path, sizeBytes, layer, kind, owner, cause }) => ({
      path: `/${path}`,
      sizeBytes,
      layer: layer + 1,
      kind,
      ...(owner ? { owner: `${owner.by} ${owner.name}` } : {}),
      ...(cause === undefined ? {} : { cause }),
    })),
  };
}

const causeJson = ({ id, title, fix, rule, cost }: CauseByContent) => ({
  id,
  title,
  fix,
  ...(rule === undefined ? {} : { rule }),
  ...(cost === undefined ? {} : { cost }),
});
