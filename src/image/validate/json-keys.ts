/**
 * Paths of keys that an object of a JSON text has twice: readers take the first, the last, or refuse it (RFC 8259,
 * section 4). The text must be JSON.
 */
export function doubledKeys(text: string): readonly string[] {
  const found: string[] = [];
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs);
  /** What is open: an object with the keys that it had, or a list with its place. */
  const open: { readonly path: string; readonly keys?: Set<string>; at: string | number }[] = [];
  let last = '';
  for (const [token] of tokens) {
    const top = open.at(-1);
    const inside = top === undefined ? '' : pathOf(top.path, top.at);
    if (token === '{') open.push({ path: inside, keys: new Set(), at: '' });
    else if (token === '[') open.push({ path: inside, at: 0 });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',' && typeof top?.at === 'number') top.at += 1;
    else if (token === ':' && top?.keys) {
      const key = JSON.parse(last) as string;
      if (top.keys.has(key)) found.push(pathOf(top.path, key));
      top.keys.add(key);
      top.at = key;
    }
    last = token;
  }
  return found;
}

const pathOf = (path: string, at: string | number): string =>
  typeof at === 'number' ? `${path}[${at}]` : [path, at].filter(Boolean).join('.');
