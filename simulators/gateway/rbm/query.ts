/** Decodes one percent-encoded part; undefined when the encoding is broken. */
export function decodePart(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Reads a query string; of repeated names the first counts. A plus sign stands for itself. */
export function readQuery(query: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let start = 0; start < query.length;) {
    const next = query.indexOf('&', start);
    const end = next < 0 ? query.length : next;
    const equals = query.indexOf('=', start);
    const nameEnds = equals < 0 || equals > end ? end : equals;
    const name = query.slice(start, nameEnds);
    const value = decodePart(query.slice(nameEnds + 1, end));
    if (value !== undefined && !fields.has(name)) fields.set(name, value);
    start = end + 1;
  }
  return fields;
}
