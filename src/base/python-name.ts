/** The name of a Python distribution as names are compared: PEP 503, "Normalized Names". */
export const normalizedName = (name: string): string => name.replaceAll(/[-_.]+/g, '-').toLowerCase();
