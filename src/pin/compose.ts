import { isMap, type Document, type YAMLMap } from 'yaml';
import type { Finds } from './reference.ts';
import { entriesOf, textNode, valueOf, type TextNode } from './yaml.ts';

/** Whether a document is a compose file: it has services. */
export const isCompose = (document: Document.Parsed): boolean =>
  isMap(document.contents) && !document.contents.has('kind') && isMap(valueOf(document.contents, 'services', document));

/** The images of a compose file's services, wherever anchors and merges have them; not of those that are built from it. */
export function imagesInCompose(document: Document.Parsed, finds: Finds): void {
  const services = servicesOf(document);
  const isBuilt = (service: YAMLMap): boolean => valueOf(service, 'build', document) !== undefined;
  const imageOf = (service: YAMLMap): TextNode | undefined => textNode(valueOf(service, 'image', document), document);
  for (const service of services.filter(isBuilt)) {
    const image = imageOf(service);
    if (image) finds.builds(image.value);
  }
  for (const service of services) {
    const image = imageOf(service);
    if (image && !isBuilt(service)) place(image.value, image, finds);
  }
}

function servicesOf(document: Document.Parsed): readonly YAMLMap[] {
  const services = isMap(document.contents) ? valueOf(document.contents, 'services', document) : undefined;
  return isMap(services) ? entriesOf(services, document).flatMap(([, service]) => (isMap(service) ? [service] : [])) : [];
}

/** compose-spec, 12-interpolation.md: `${NAME:-default}` and `${NAME-default}`. */
const WHOLE = /^\$\{\w+:?-(.*)\}$/s;

/** A default that is the whole name is a place for a digest; one that is a part of it is none, for the digest would win over the variable. */
function place(value: string, { span }: TextNode, finds: Finds): void {
  const plain = value.replaceAll('$$', '');
  if (!plain.includes('$')) return finds.take(value, span);
  const [, otherwise] = WHOLE.exec(value) ?? [];
  if (otherwise !== undefined && isBalanced(otherwise)) return place(otherwise, { value, span }, finds);
  const [first = value] = /\$\{?\w+/.exec(plain) ?? [];
  const name = first.replace(/^\$\{?/, '');
  if (/@sha256:[0-9a-f]{64}$/.test(value))
    finds.leave(value, span, `its digest decides, whatever \`${name}\` says: take one of the two out`, false);
  else if (/\$\{\w+:?-[^}]/.test(value))
    finds.leave(
      value,
      span,
      `\`${name}\` is a part of its name, and a digest would win over it: write the whole name as a default, \`\${IMAGE:-name:tag}\``,
      true,
    );
  else finds.leave(value, span, `the environment names the image (\`${name}\`)`, false);
}

/** Whether the braces in a default are its own: `${A:-b}c${D:-e}` is no default as a whole. */
function isBalanced(text: string): boolean {
  let open = 0;
  for (const char of text) {
    if (char === '{') open += 1;
    if (char === '}') open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}
