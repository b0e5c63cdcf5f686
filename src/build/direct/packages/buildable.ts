import type { Place } from '../../../base/index.ts';
import type { LocalPackage } from '../../../plan/index.ts';
import { manifestOf } from './source-tree.ts';

/** A package that is built: of the repository, or of sources from elsewhere. */
export interface Buildable extends LocalPackage {
  readonly remote?: {
    /** As it may be shown. */
    readonly url: string;
    /** What names it. */
    readonly at?: Place | undefined;
  };
}

/** Where a person mends it; `within`: in its pyproject.toml, which for sources from elsewhere is not at hand. */
export const placeOf = ({ folder, remote }: Buildable, within: Omit<Place, 'file'> = {}): Place | undefined =>
  remote ? remote.at : { file: manifestOf(folder), ...within };
