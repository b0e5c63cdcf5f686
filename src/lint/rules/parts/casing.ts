/** In which case a keyword is written. One without letters counts as lower, as in BuildKit. */
export function casingOf(keyword: string): 'lower' | 'upper' | 'mixed' {
  if (keyword === keyword.toLowerCase()) return 'lower';
  return keyword === keyword.toUpperCase() ? 'upper' : 'mixed';
}
