/** RFC 6901: the value at a pointer such as `/data/messageId`; undefined when there is none. */
export function atPointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document;
  if (!pointer.startsWith('/')) return undefined;
  let value: unknown = document;
  for (const part of pointer.slice(1).split('/')) {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

/** Like `atPointer`, for a value that is text or a number; everything else is undefined. */
export function textAtPointer(document: unknown, pointer: string): string | undefined {
  const value = atPointer(document, pointer);
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}
