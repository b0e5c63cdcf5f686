import { positionsIn } from '../base/index.ts';
import { parseImageReference, replace, type Edit } from '../dockerfile/index.ts';
import type { Left, Reference, TakenImages } from './types.ts';

/** Why a text names no image, in words for people; undefined where it names one. */
export function flawOfName(text: string): string | undefined {
  const parsed = parseImageReference(text);
  return typeof parsed === 'string' ? parsed : undefined;
}

/** The name as registries are asked for it: without a digest, with its tag. */
export function tagOf(text: string): string {
  const [name = ''] = text.split('@', 1);
  const parsed = parseImageReference(text);
  return typeof parsed === 'string' || parsed.tag !== undefined ? name : `${name}:latest`;
}

/** Whether a tag stands in the name, or nothing at all does, which means `latest`: what has a digest alone cannot be moved. */
export function canMove({ text, digest }: Pick<Reference, 'text' | 'digest'>): boolean {
  const parsed = parseImageReference(text);
  return typeof parsed !== 'string' && (parsed.tag !== undefined || digest === undefined);
}

/** Puts a digest after the tag, in the place of one that is there. */
export const withDigest = ({ text, span }: Reference, digest: string): Edit => replace(span, `${tagOf(text)}@${digest}`);

/** Gathers what a reader finds in one text; each place counts once. */
export class Finds {
  private readonly found = new Map<number, Reference>();
  private readonly left = new Map<string, Left>();
  private readonly built = new Set<string>();
  private readonly positionOf: ReturnType<typeof positionsIn>;

  constructor(private readonly source: string) {
    this.positionOf = positionsIn(() => [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)]);
  }

  /** `name` stands somewhere in `span`, between quotes or after a key. */
  take(name: string, span: Edit['span']): void {
    const written = this.source.slice(span.start, span.end);
    const at = written.indexOf(name);
    const flaw = flawOfName(name);
    if (flaw !== undefined) this.leave(name, span, `it names no image: ${flaw}`, false);
    else if (at === -1 || written.indexOf(name, at + 1) !== -1)
      this.leave(name, span, 'it is written with escapes or over several lines: write it in one piece', true);
    else {
      const start = span.start + at;
      const place = { start, end: start + name.length };
      const parsed = parseImageReference(name);
      const digest = typeof parsed === 'string' ? undefined : parsed.digest;
      this.found.set(start, { text: name, span: place, range: this.rangeOf(place), digest });
    }
  }

  leave(text: string, span: Edit['span'], why: string, floats: boolean): void {
    this.left.set(`${span.start} ${text}`, { text, range: this.rangeOf(span), why, floats });
  }

  builds(name: string): void {
    this.built.add(name);
  }

  all(): TakenImages {
    const bySpan = [...this.found.values()].toSorted((a, b) => a.span.start - b.span.start);
    return { references: bySpan, left: [...this.left.values()], built: [...this.built] };
  }

  private rangeOf({ start, end }: Edit['span']): Reference['range'] {
    return { start: this.positionOf(start), end: this.positionOf(end) };
  }
}
