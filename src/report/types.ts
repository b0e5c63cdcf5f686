/** `image` and `timings` of `build --json`, `ship --json` and `prove --json`. */
export interface BuildSummary {
  readonly image: {
    readonly digest: string;
    /** As skopeo writes it: `oci:DIR:TAG`. */
    readonly ref: string;
    readonly platform: string;
    /** Bytes. `uncompressed` is the sum of the layers' tars. */
    readonly size: { readonly compressed: number; readonly uncompressed: number };
    readonly layers: readonly {
      readonly name: string;
      readonly digest: string;
      readonly compressed: number;
      readonly uncompressed: number;
    }[];
  };
  /** Milliseconds. */
  readonly timings: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}
