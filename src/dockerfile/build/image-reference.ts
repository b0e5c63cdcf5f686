/** What `name[:tag][@digest]` consists of (distribution/reference v0.6.0). */
export interface ImageReference {
  readonly domain: string;
  readonly path: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const component = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${component}(?:\\.${component})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const part = '[a-z0-9]+(?:(?:[.]|_|__|[-]+)[a-z0-9]+)*';
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^(${domain})/(${part}(?:/${part})*)(?::([0-9A-Za-z_][0-9A-Za-z_.-]{0,127}))?(?:@(${digest}))?$`);
/** Digests that can be checked (opencontainers/go-digest). */
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;

/** Whether the text is a digest of a kind that can be checked. */
export const isDigest = (text: string): boolean => DIGEST.test(text);

/** The parts of an image's name, with Docker Hub's filled in; a text that says why where it is none. */
export function parseImageReference(name: string): ImageReference | string {
  if (/^[a-f0-9]{64}$/.test(name)) return 'it looks like a digest: 64 hexadecimal digits';
  const [host, remainder] = splitDomain(name);
  const repository = remainder.split(':', 1)[0] ?? '';
  if (repository !== repository.toLowerCase()) return `\`${repository}\` must be in lower case`;
  const match = REFERENCE.exec(`${host}/${remainder}`);
  const path = match?.[2];
  if (match === null || path === undefined) return 'it is not of the form `name:tag`';
  if (path.length > 255) return 'its name has more than 255 characters';
  if (match[4] !== undefined && !isDigest(match[4])) return `\`${match[4]}\` is not a digest`;
  return { domain: match[1] ?? '', path, tag: match[3], digest: match[4] };
}

/** A first part with a dot, a colon or a capital in it, or `localhost`, is a registry; all else is on Docker Hub. */
function splitDomain(name: string): [string, string] {
  const slash = name.indexOf('/');
  if (slash === -1) return ['docker.io', `library/${name}`];
  const [first, rest] = [name.slice(0, slash), name.slice(slash + 1)];
  const isDomain = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const [host, remainder] = isDomain ? [first === 'index.docker.io' ? 'docker.io' : first, rest] : ['docker.io', name];
  return [host, host === 'docker.io' && !remainder.includes('/') ? `library/${remainder}` : remainder];
}
