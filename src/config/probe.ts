/** Reads `GET /orders 200`. The schema has admitted it before; throws RangeError on anything else. */
export function parseProbe(text: string): { method: string; path: string; status?: number } {
  const [, method, path, status] = /^([A-Z]+) (\/\S*)(?: (\d{3}))?$/.exec(text) ?? [];
  if (method === undefined || path === undefined) throw new RangeError(`not a request: ${text}`);
  return { method, path, ...(status === undefined ? {} : { status: Number(status) }) };
}
