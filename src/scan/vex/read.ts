import { shape, UserError, type Shape } from '../../base/index.ts';
import { statementOf, type VexStatement } from './statement.ts';

/**
 * The statements of a VEX document that say `not_affected` with a reason: OpenVEX 0.2.0 or CycloneDX 1.4 and later, as JSON.
 * A statement about an image counts only for the one with this digest. Throws UserError for what is neither, and for one without a reason.
 */
export function readVex(text: string, from: string, imageDigest: string): readonly VexStatement[] {
  const document = parsed(text, from) as OpenVex & CycloneDx;
  if (document.bomFormat === 'CycloneDX') return cycloneDx(inShape(document, cycloneDxShape, from), from);
  if (Array.isArray(document.statements) && String(document['@context']).includes('openvex'))
    return openVex(inShape(document, openVexShape, from), from, imageDigest);
  throw new UserError(`${from} is no VEX document`, 'OpenVEX and CycloneDX are read, as JSON');
}

function parsed(text: string, from: string): object {
  try {
    // Go writes null for what is empty.
    const value = JSON.parse(text, (_, each: unknown) => each ?? undefined) as unknown;
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // told below
  }
  throw new UserError(`${from} is no JSON document`, 'OpenVEX and CycloneDX are read, as JSON');
}

const { listOf, object, text } = shape;
const either =
  (other: Shape): Shape =>
  (value, at) =>
    typeof value === 'string' ? [] : other(value, at);
const component = { '@id': text, identifiers: object({}, { purl: text }) };
const openVexShape = object({
  statements: listOf(
    object(
      {},
      {
        vulnerability: either(object({}, { name: text, '@id': text, aliases: listOf(text) })),
        products: listOf(either(object({}, { ...component, subcomponents: listOf(object({}, component)) }))),
        status: text,
        justification: text,
        impact_statement: text,
      },
    ),
  ),
});
const cycloneDxShape = object(
  {},
  {
    components: listOf(object({}, { 'bom-ref': text, purl: text })),
    vulnerabilities: listOf(
      object(
        {},
        {
          id: text,
          references: listOf(object({}, { id: text })),
          analysis: object({}, { state: text, justification: text, detail: text }),
          affects: listOf(object({}, { ref: text })),
        },
      ),
    ),
  },
);

/** The document without what is null in it. Throws UserError, with the place, where it has not the shape. */
function inShape<T>(document: T, wanted: Shape, from: string): T {
  const [flaw] = wanted(document, '');
  if (flaw) throw new UserError(`${from}: \`${flaw.at}\` ${flaw.what}`, 'OpenVEX and CycloneDX are read, as JSON');
  return document;
}

interface OpenVex {
  readonly '@context'?: unknown;
  readonly statements?: readonly {
    readonly vulnerability?: string | { readonly name?: string; readonly '@id'?: string; readonly aliases?: readonly string[] };
    readonly products?: readonly (string | Product)[];
    readonly status?: string;
    readonly justification?: string;
    readonly impact_statement?: string;
  }[];
}

interface Component {
  readonly '@id'?: string;
  readonly identifiers?: { readonly purl?: string };
}
interface Product extends Component {
  readonly subcomponents?: readonly Component[];
}

function openVex({ statements = [] }: OpenVex, from: string, imageDigest: string): VexStatement[] {
  return statements
    .filter(({ status }) => status === 'not_affected')
    .map(({ vulnerability = '', products = [], justification, impact_statement: impact }) => {
      const names = typeof vulnerability === 'string' ? [vulnerability] : [vulnerability.name ?? '', ...(vulnerability.aliases ?? [])];
      const because = justification ?? impact;
      if (because === undefined || because.trim() === '') throw withoutReason(from, names[0]);
      const purls = products.flatMap((product) => purlsOf(typeof product === 'string' ? { '@id': product } : product, imageDigest));
      return statementOf({ names, purls, justification: because, from });
    });
}

/** Of an image with parts these parts, where it is this image or no digest says which one. */
function purlsOf(product: Product, imageDigest: string): string[] {
  const purl = purlOf(product);
  const parts = (product.subcomponents ?? []).map(purlOf).filter((it) => it !== '');
  const digest = /^pkg:(?:oci|docker)\/[^@]+@(sha256(?::|%3A)[0-9a-f]+)/i.exec(purl)?.[1]?.replace(/%3A/i, ':');
  if (digest !== undefined && digest !== imageDigest) return [];
  return parts.length > 0 ? parts : purl === '' ? [] : [purl];
}

const purlOf = (one: Component): string => one.identifiers?.purl ?? (one['@id']?.startsWith('pkg:') ? one['@id'] : '');

interface CycloneDx {
  readonly bomFormat?: unknown;
  readonly components?: readonly { readonly 'bom-ref'?: string; readonly purl?: string }[];
  readonly vulnerabilities?: readonly {
    readonly id?: string;
    readonly references?: readonly { readonly id?: string }[];
    readonly analysis?: { readonly state?: string; readonly justification?: string; readonly detail?: string };
    readonly affects?: readonly { readonly ref?: string }[];
  }[];
}

function cycloneDx({ components = [], vulnerabilities = [] }: CycloneDx, from: string): VexStatement[] {
  const byRef = new Map(components.map((it) => [it['bom-ref'] ?? '', it.purl ?? '']));
  return vulnerabilities
    .filter(({ analysis }) => analysis?.state === 'not_affected')
    .map(({ id = '', references = [], analysis, affects = [] }) => {
      const because = analysis?.justification ?? analysis?.detail;
      if (because === undefined || because.trim() === '') throw withoutReason(from, id);
      // A BOM-Link names a component of another document behind `#`.
      const refs = affects.map(({ ref = '' }) => (ref.startsWith('urn:cdx:') ? decodeURIComponent(ref.split('#')[1] ?? '') : ref));
      const purls = refs.map((ref) => (ref.startsWith('pkg:') ? ref : (byRef.get(ref) ?? ''))).filter((it) => it !== '');
      return statementOf({ names: [id, ...references.flatMap((it) => it.id ?? [])], purls, justification: because, from });
    });
}

const withoutReason = (from: string, name = 'a vulnerability'): UserError =>
  new UserError(`${from} says of ${name} that it does not affect, and not why`, 'add a justification: nobody can check it without one');
