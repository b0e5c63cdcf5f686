import { isMap, isSeq, type Document, type Node } from 'yaml';
import type { Finds } from './reference.ts';
import { entriesOf, resolved, textNode, valueOf } from './yaml.ts';

/** Whether a document is an object of Kubernetes, of whatever kind. */
export function isKubernetes(document: Document.Parsed): boolean {
  const { contents } = document;
  const names = (key: string): boolean => isMap(contents) && textNode(valueOf(contents, key, document), document) !== undefined;
  return names('apiVersion') && names('kind');
}

/** The lists of containers in a pod's spec: Kubernetes API, core/v1, PodSpec. */
const CONTAINERS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/**
 * The images of all containers in an object. They are found by the fields of a pod's spec, at whatever depth, so that
 * templates of Deployments, CronJobs and Lists, and those of other people's kinds, are read alike.
 */
export function imagesInKubernetes(document: Document.Parsed, finds: Finds): void {
  if (isMap(document.contents)) walk(document.contents, document, finds, new Set());
}

function walk(node: Node, document: Document.Parsed, finds: Finds, seen: Set<Node>): void {
  // Aliases may meet again and again; each node once.
  if (seen.has(node)) return;
  seen.add(node);
  const items = isSeq(node)
    ? node.items.map((item) => ['', resolved(item, document)] as const)
    : isMap(node)
      ? entriesOf(node, document)
      : [];
  for (const [key, value] of items) {
    if (value === undefined) continue;
    if (CONTAINERS.has(key)) take(value, 'image', document, finds);
    // A volume of an image: KEP-4639.
    if (key === 'volumes' && isSeq(value))
      for (const volume of value.items) {
        const map = resolved(volume, document);
        const image = isMap(map) ? valueOf(map, 'image', document) : undefined;
        if (image) take(image, 'reference', document, finds);
      }
    walk(value, document, finds, seen);
  }
}

function take(node: Node, key: string, document: Document.Parsed, finds: Finds): void {
  for (const item of isSeq(node) ? node.items : [node]) {
    const map = resolved(item, document);
    const image = isMap(map) ? textNode(valueOf(map, key, document), document) : undefined;
    if (image) finds.take(image.value, image.span);
  }
}
