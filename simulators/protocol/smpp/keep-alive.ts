import { COMMAND_IDS } from './pdu.ts';

const HEAD_BYTES = 16;
const KEEP_ALIVES: ReadonlySet<number> = new Set([
  COMMAND_IDS.enquire_link,
  COMMAND_IDS.enquire_link_resp,
]);

/** Are these bytes one enquire_link, or the answer to one, and nothing else (§4.11)? */
export function isKeepAlive(bytes: Uint8Array): boolean {
  if (bytes.length !== HEAD_BYTES) return false;
  const { buffer, byteOffset } = bytes;
  return KEEP_ALIVES.has(new DataView(buffer, byteOffset, HEAD_BYTES).getUint32(4));
}
