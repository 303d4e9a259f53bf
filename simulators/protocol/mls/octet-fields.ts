/** Our own storage form: a magic, then fields of a uint32 length and that many octets. */

export function writeFields(magic: number, fields: readonly Uint8Array[]): Uint8Array {
  const total = fields.reduce((sum, field) => sum + 4 + field.length, 4);
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  view.setUint32(0, magic);
  let offset = 4;
  for (const field of fields) {
    view.setUint32(offset, field.length);
    out.set(field, offset + 4);
    offset += 4 + field.length;
  }
  return out;
}

/** Copies of the fields, or undefined when the octets are not `count` such fields. */
export function readFields(
  magic: number,
  count: number,
  bytes: Uint8Array,
): readonly Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0) !== magic) return undefined;
  const fields: Uint8Array[] = [];
  let offset = 4;
  while (offset + 4 <= bytes.length) {
    const length = view.getUint32(offset);
    if (offset + 4 + length > bytes.length) return undefined;
    fields.push(Uint8Array.from(bytes.subarray(offset + 4, offset + 4 + length)));
    offset += 4 + length;
  }
  return offset === bytes.length && fields.length === count ? fields : undefined;
}
