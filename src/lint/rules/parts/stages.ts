import type { BaseImage } from '../../reading/index.ts';

/**
 * Whether something holds in a stage or in the stage it is built on. Stages are known by their name, or by the image
 * where they have none.
 */
export class StageFact {
  private current: string | undefined;
  private readonly facts = new Map<string, boolean>();
  private begun = false;

  enter({ alias, name }: BaseImage): void {
    this.current = alias ?? name;
    // What the first stage is built on is not known.
    if (this.begun) this.facts.set(this.current, this.facts.get(name) ?? false);
    this.begun = true;
  }

  set(): void {
    this.begun = true;
    this.facts.set(this.current ?? OUTSIDE, true);
  }

  get holds(): boolean {
    return this.begun && (this.facts.get(this.current ?? OUTSIDE) ?? false);
  }
}

/** No image is named so. */
const OUTSIDE = '\u0000';

/** The same base image, said in the same way. */
export const sameBase = (a: BaseImage | undefined, b: BaseImage | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Lines of stages where something was left undone; only those count that are the last one or are built upon. */
export class LeftUndone<T> {
  private current: BaseImage | undefined;
  private readonly built = new Set<string>();
  private readonly left: { readonly base: BaseImage | undefined; readonly what: T }[] = [];

  enter(base: BaseImage): void {
    this.current = base;
    this.built.add(base.name);
  }

  remember(what: T): void {
    this.left.push({ base: this.current ?? SCRATCH, what });
  }

  get counting(): readonly T[] {
    const last = this.current ?? SCRATCH;
    return this.left
      .filter(({ base }) => sameBase(base, last) || (base?.alias !== undefined && this.built.has(base.alias)))
      .map(({ what }) => what);
  }
}

/** What hadolint takes for the stage where no FROM stands before. */
const SCRATCH: BaseImage = {
  registry: undefined,
  name: 'scratch',
  tag: undefined,
  digest: undefined,
  alias: undefined,
  platform: undefined,
};
