/** A package whose version somebody has to look up. */
interface PackageName {
  /** Go: `name` is what `go install` is given, as `example.org/tool/cmd/tool`. */
  readonly registry: 'go';
  readonly name: string;
}

/** The newest version of a package, as its registry writes it; undefined where that is not known. */
export type VersionLookup = (name: PackageName) => string | undefined;
