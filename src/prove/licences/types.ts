/** A package of an image, and what its maker said of its licence. */
export interface Licensed {
  /** `libc6 2.36-9`. */
  readonly name: string;
  /** Where the texts lie that it brought, as paths of the image; they need not be there. */
  readonly texts: readonly string[];
  /** Its metadata names a licence. */
  readonly named: boolean;
}
