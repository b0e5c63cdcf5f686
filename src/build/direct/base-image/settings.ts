import type { ImageConfig, ImageSettings } from '../../../image/index.ts';
import type { OpenedBase } from './open.ts';

/**
 * The service's settings over those of its base, as a Dockerfile's are: variables, labels, ports and volumes of the base
 * stay unless the service sets them. What the base starts, checks and runs as is not the service's: that is left out.
 */
export function mergedSettings(own: ImageSettings, { facts, locked, name }: OpenedBase, path: string): ImageSettings {
  const below = facts.config;
  const { Env = [], Labels, ExposedPorts, Volumes, ...rest } = own.config ?? {};
  return {
    ...own,
    ...(below.variant === undefined ? {} : { variant: below.variant }),
    config: {
      ...rest,
      Env: mergedEnv(below.config?.Env ?? [], path, Env),
      Labels: { ...below.config?.Labels, ...Labels },
      ...union('ExposedPorts', below.config?.ExposedPorts, ExposedPorts),
      ...union('Volumes', below.config?.Volumes, Volumes),
    },
    annotations: {
      ...own.annotations,
      ...(name === undefined ? {} : { 'org.opencontainers.image.base.name': name }),
      'org.opencontainers.image.base.digest': locked.digest,
    },
    below: historyOf(below, facts.layers),
  };
}

function union<K extends string>(
  key: K,
  ...maps: readonly (Readonly<Record<string, object>> | undefined)[]
): { [P in K]?: Record<string, object> } {
  const merged: Record<string, object> = Object.assign({}, ...maps);
  return Object.keys(merged).length === 0 ? {} : ({ [key]: merged } as { [P in K]?: Record<string, object> });
}

/** In the base's order; a variable that is set again keeps its place, as with ENV. */
function mergedEnv(below: readonly string[], path: string, own: readonly string[]): string[] {
  const merged = new Map<string, string>();
  for (const pair of [...below, `PATH=${path}`, ...own]) merged.set(pair.slice(0, Math.max(0, pair.indexOf('='))), pair);
  return [...merged.values()];
}

/** The base's own history, where it fits its layers: readers match the two by number. */
function historyOf(config: ImageConfig, layers: readonly { readonly createdBy: string }[]): NonNullable<ImageSettings['below']> {
  const history = config.history ?? []; // null in some
  const fits = history.filter((step) => step.empty_layer !== true).length === layers.length;
  return { layers: layers.length, history: fits ? history : layers.map(({ createdBy }) => ({ created_by: createdBy })) };
}
