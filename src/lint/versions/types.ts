/** A package whose version somebody has to look up. */
export type PackageName =
  | {
      /** Go: `name` is what `go install` is given, as `example.org/tool/cmd/tool`. */
      readonly registry: 'go' | 'npm';
      readonly name: string;
    }
  | {
      readonly registry: 'pypi';
      readonly name: string;
      /** The Python it is for, as `3.12`; undefined where the base image does not tell. */
      readonly python: string | undefined;
    };

/** The newest version of a package, as its registry writes it; undefined where that is not known. */
export type VersionLookup = (name: PackageName) => string | undefined;

/** What a text leaves open. */
export interface OpenVersions {
  readonly packages: readonly PackageName[];
  /** Installers whose versions nobody can be asked for here, one for each finding: `apt`, `gem`. */
  readonly others: readonly string[];
}
