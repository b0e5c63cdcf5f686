/** The fields of a core metadata file's head, names in lower case, in their order. Continued lines are of no field that is read here. */
export function metadataFields(text: string): readonly (readonly [name: string, value: string])[] {
  const fields: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon > 0 && !/^\s/.test(line)) fields.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]);
  }
  return fields;
}

/** The path of a line of RECORD (PEP 376, PEP 627): CSV, the first field quoted where it has a comma or a quote. */
export function recordedPath(line: string): string {
  if (!line.startsWith('"')) return line.split(',', 1)[0] ?? '';
  return (/^"((?:[^"]|"")*)"/.exec(line)?.[1] ?? '').replaceAll('""', '"');
}
