import { imagesInCompose, isCompose } from './compose.ts';
import { imagesInDockerfile } from './dockerfile.ts';
import { imagesInKubernetes, isKubernetes } from './kubernetes.ts';
import { Finds } from './reference.ts';
import type { TakenImages, Unreadable } from './types.ts';
import { documentsIn } from './yaml.ts';

export const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path);

/**
 * The images that a file names: a Dockerfile, or by its ending YAML of Compose or Kubernetes. Undefined for YAML that is
 * neither.
 */
export function imagesIn(path: string, text: string): TakenImages | Unreadable | undefined {
  if (!isYaml(path)) return imagesInDockerfile(text);
  const documents = documentsIn(text);
  if ('problem' in documents) return documents;
  const finds = new Finds(text);
  const kinds = documents.map((document) => {
    const read = isCompose(document) ? imagesInCompose : isKubernetes(document) ? imagesInKubernetes : undefined;
    read?.(document, finds);
    return read !== undefined;
  });
  return kinds.includes(true) ? finds.all() : undefined;
}
