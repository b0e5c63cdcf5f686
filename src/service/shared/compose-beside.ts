import { isPair, isScalar, type Document, type Node, type YAMLMap } from 'yaml';
import { likely, type Fact } from '../../base/index.ts';
import type { TextFile } from '../text.ts';
import type { Beside, ComposeService, ExampleValue } from '../types.ts';
import { kindOf } from './compose-images.ts';

/** As JavaScript has it, aliases and merges resolved. */
type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The services of the file that the service `own` waits for or names. Undefined: none. */
export function besideOf(document: Document, services: YAMLMap, own: YAMLMap, file: TextFile): Beside | undefined {
  const nameOf = (map: YAMLMap): string => String(services.items.find((pair) => pair.value === map)?.key ?? '');
  const all = (document.toJS({ maxAliasCount: 1000 }) as Tree | null)?.['services'];
  const self = isTree(all) ? all[nameOf(own)] : undefined;
  if (!isTree(all) || !isTree(self)) return undefined;
  const environment = variablesOf(self['environment']);
  const places = placesOf(own);
  const found = services.items.flatMap((pair): Fact<ComposeService>[] => {
    const name = isPair(pair) ? String(pair.key) : '';
    const tree = all[name];
    if (!isTree(tree) || tree === self || typeof tree['image'] !== 'string') return [];
    const hosts = hostsOf(name, tree);
    const waits = namesIn(self['depends_on']).includes(name) || namesIn(self['links']).some((link) => link.split(':')[0] === name);
    const naming = Object.entries(environment).find(([, value]) => hosts.some((host) => mentions(value, host)));
    if (!waits && !naming) return [];
    const node = (pair.value as YAMLMap).get?.('image', true);
    const at = placeOf(isScalar(node) ? node : (pair.key as Node), file);
    const also = naming ? places.get(naming[0]) : undefined;
    return [likely(serviceOf(name, hosts, tree), at, ...(also ? [placeOf(also, file)] : []))];
  });
  if (found.length === 0) return undefined;
  const values = Object.entries(environment).map(([variable, value]): ExampleValue => ({
    name: variable,
    value,
    at: placeOf(places.get(variable) ?? own, file),
  }));
  return { services: found, environment: values };
}

function serviceOf(name: string, hosts: readonly string[], tree: Tree): ComposeService {
  const image = String(tree['image']);
  const kind = kindOf(image);
  const command = tree['command'];
  const filled = namesIn(tree['volumes']).some((it) => it.includes('/docker-entrypoint-initdb.d'));
  return {
    name,
    hosts,
    image,
    ...(kind ? { kind } : {}),
    environment: variablesOf(tree['environment']),
    command: typeof command === 'string' ? command : Array.isArray(command) ? command.map(String) : [],
    ...(filled ? { filled } : {}),
  };
}

function hostsOf(name: string, tree: Tree): readonly string[] {
  const networks = isTree(tree['networks']) ? Object.values(tree['networks']).filter(isTree) : [];
  const aliases = networks.flatMap((it) => namesIn(it['aliases']));
  const others = [tree['container_name'], tree['hostname']].filter((it): it is string => typeof it === 'string');
  return [...new Set([name, ...others, ...aliases])].filter((it) => /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(it));
}

/** A list of texts, or the keys of a map; of a list of maps their texts. */
function namesIn(value: unknown): readonly string[] {
  if (isTree(value)) return Object.keys(value);
  if (!Array.isArray(value)) return [];
  return value.flatMap((it) => (isTree(it) ? Object.values(it).map(String) : [String(it)]));
}

function variablesOf(value: unknown): Readonly<Record<string, string>> {
  const pairs: readonly (readonly [string, unknown])[] = isTree(value)
    ? Object.entries(value)
    : namesIn(value).flatMap((it) => {
        const equals = it.indexOf('=');
        return equals > 0 ? [[it.slice(0, equals), it.slice(equals + 1)] as const] : [];
      });
  return Object.fromEntries(pairs.flatMap(([key, it]) => (it === null || typeof it === 'object' ? [] : [[key, String(it)]])));
}

/** A host's name as a word of its own: `db` in `postgres://db/x`, not in `dbname`. */
function mentions(value: string, host: string): boolean {
  const word = host.replaceAll(/[.\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`^${word}(:\d+)?$|(//|@|,|=)${word}([:/,?]|$)`).test(value);
}

/** Where each variable of the environment stands. */
function placesOf(own: YAMLMap): ReadonlyMap<string, Node> {
  const node = own.get('environment', true) as { items?: readonly unknown[] } | undefined;
  const places = new Map<string, Node>();
  for (const item of node?.items ?? []) {
    if (isPair(item)) places.set(String(item.key), (item.value ?? item.key) as Node);
    else if (isScalar(item)) places.set(String(item.value).split('=')[0] ?? '', item);
  }
  return places;
}

function placeOf(node: Node, file: TextFile) {
  const [from, to] = node.range ?? [0, 0];
  return file.at({ from, to });
}
