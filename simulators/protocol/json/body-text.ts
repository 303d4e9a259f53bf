/** A body as text (RFC 8259 §8.1: UTF-8). Sockets give Buffers, which need no view around them. */
export function bodyText(body: Uint8Array): string {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.length);
  return bytes.toString('utf8');
}
