import { parseAllDocuments } from 'yaml';
import { kindOf } from './compose-images.ts';

const NAME = /^[A-Za-z_]\w*$/;
/** Keys of a pod's spec: Kubernetes API, core/v1, PodSpec. */
const CONTAINERS = ['containers', 'initContainers'];

/** Files that may declare variables for whoever runs the service. */
export const mayDeclareVariables = (path: string): boolean => /\.ya?ml$/i.test(path) || isEnvExample(path);

const isEnvExample = (path: string): boolean =>
  /(^|\/)(\.env\.(example|sample|template|dist|defaults)|env\.example|example\.env)$/.test(path);

/**
 * The variables that a compose file gives its services, a manifest of Kubernetes its containers, ConfigMaps and Secrets, or
 * an example of an environment file names, commented out or not. Those of databases in a compose file are none of the
 * service's. Empty for a file of another kind, and for one that cannot be read.
 */
export function declaredVariables(path: string, text: string): readonly string[] {
  const names = isEnvExample(path)
    ? namesInLines(text)
    : parseAllDocuments(text, { logLevel: 'error' }).flatMap((it) => namesInDocument(treeOf(it)));
  return [...new Set(names.filter((name) => NAME.test(name)))];
}

const namesInLines = (text: string): string[] =>
  [...text.matchAll(/^\s*#?\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/gm)].map(([, name = '']) => name);

/** Aliases that stand for too much, and what is no YAML, are no tree. */
function treeOf(document: { readonly errors: readonly unknown[]; toJS(): unknown }): unknown {
  try {
    return document.errors.length > 0 ? undefined : document.toJS();
  } catch {
    return undefined;
  }
}

function namesInDocument(tree: unknown): string[] {
  if (!isTree(tree)) return [];
  if (isTree(tree['services'])) return Object.values(tree['services']).flatMap(namesInService);
  return typeof tree['apiVersion'] === 'string' && typeof tree['kind'] === 'string' ? namesInObject(tree) : [];
}

function namesInService(service: unknown): string[] {
  if (!isTree(service) || (typeof service['image'] === 'string' && kindOf(service['image']) !== undefined)) return [];
  const { environment } = service;
  if (Array.isArray(environment)) return environment.map((item) => String(item).split('=', 1)[0] ?? '');
  return isTree(environment) ? Object.keys(environment) : [];
}

/** Found by the fields of a pod's spec, at whatever depth: templates of Deployments, CronJobs and Lists are read alike. */
function namesInObject(tree: Readonly<Record<string, unknown>>): string[] {
  const isData = tree['kind'] === 'ConfigMap' || tree['kind'] === 'Secret';
  const own = isData ? [tree['data'], tree['stringData']].filter(isTree).flatMap(Object.keys) : [];
  const listed = CONTAINERS.flatMap((key) => listOf(tree[key])).flatMap((container) => listOf(container['env']));
  const below = Object.values(tree)
    .flatMap((value) => [value].flat())
    .filter(isTree);
  return [...own, ...listed.map(({ name }) => String(name)), ...below.flatMap(namesInObject)];
}

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value.filter(isTree) : []);

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
