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
  if (query === '') return fields;
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    const value = decodePart(at < 0 ? '' : pair.slice(at + 1));
    if (value !== undefined && !fields.has(name)) fields.set(name, value);
  }
  return fields;
}
