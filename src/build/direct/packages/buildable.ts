import type { Place } from '../../../base/index.ts';
import type { LocalPackage } from '../../../plan/index.ts';

/** A package that is built: of the repository, or of sources from elsewhere. */
export interface Buildable extends LocalPackage {
  readonly remote?: {
    /** As it may be shown. */
    readonly url: string;
    readonly at?: Place | undefined;
    readonly extras: readonly string[];
  };
}

/** Where a person mends it. */
export const placeOf = ({ folder, remote }: Buildable): Place | undefined =>
  remote ? remote.at : { file: folder === '' ? 'pyproject.toml' : `${folder}/pyproject.toml` };
