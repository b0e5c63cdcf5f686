import * as behaviour from './python/behaviour/index.ts';
import * as frameworks from './python/frameworks/index.ts';
import * as manifests from './python/manifests/index.ts';
import * as routes from './python/routes/index.ts';
import * as shared from './shared/index.ts';

/** What a reader says of itself, for documentation. */
export interface ReaderPage {
  readonly id: string;
  readonly about: string;
  readonly source: string;
  readonly reads: readonly string[];
}

/** Every reader, by id. */
export const readers: readonly ReaderPage[] = [behaviour, frameworks, manifests, routes, shared]
  .flatMap((group) => Object.values<ReaderPage>(group as unknown as Record<string, ReaderPage>))
  .toSorted((a, b) => (a.id < b.id ? -1 : 1));
