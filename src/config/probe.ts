/** `GET /orders 200`. */
export const REQUEST = /^([A-Z]+) (\/\S*)(?: (\d{3}))?$/;

/** Reads `GET /orders 200`; undefined for anything else. */
export function parseProbe(text: string): { method: string; path: string; status?: number } | undefined {
  const [, method, path, status] = REQUEST.exec(text) ?? [];
  if (method === undefined || path === undefined) return undefined;
  return { method, path, ...(status === undefined ? {} : { status: Number(status) }) };
}
