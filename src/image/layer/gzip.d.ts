/** Takes the next piece, `final` with the last one; returns the compressed bytes that are ready. */
export type Gzipper = (piece: Uint8Array, final: boolean) => Uint8Array[];
export declare function gzipper(): Gzipper;
