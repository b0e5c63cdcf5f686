/** Raised when the same inputs make another layer than before. */
export const ENGINE_VERSION = 2;
