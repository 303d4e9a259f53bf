/** Reads a document at one place; undefined when there is nothing. */
export type CompiledPointer = (document: unknown) => unknown;

/** RFC 6901: a pointer such as `/data/messageId`, read once for many documents. */
export function compilePointer(pointer: string): CompiledPointer {
  if (pointer === '') return (document) => document;
  if (!pointer.startsWith('/')) return () => undefined;
  const keys = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return (document) => {
    let value: unknown = document;
    for (const key of keys) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
    }
    return value;
  };
}

/** The value at a pointer of a document that is looked at once. */
export function atPointer(document: unknown, pointer: string): unknown {
  return compilePointer(pointer)(document);
}

/** A value that is text or a number, as text; everything else is undefined. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** Like `atPointer`, for a value that is text or a number; everything else is undefined. */
export function textAtPointer(document: unknown, pointer: string): string | undefined {
  return asText(atPointer(document, pointer));
}
