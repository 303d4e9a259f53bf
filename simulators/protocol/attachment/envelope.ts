/**
 * What an encrypted message holds when it is more than a text: headers and a body as in CPIM
 * (RFC 3862 §2), so that text, file information and what a person does to an earlier message are
 * told apart inside the ciphertext. A plain text stays as it is, without an envelope.
 */

export interface Envelope {
  /** Lower-case names: `content-type`, `imdn.message-id` … */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** RCC.16: the keys of a file, inside the encrypted message. */
const FILE_INFO = 'message/mls-rcs-file-info';
const FIRST_LINE = 'NS: bw <urn:bellwether:message:1>';

/** Header values must be one line each. */
export function writeEnvelope(headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `${[FIRST_LINE, ...lines].join('\r\n')}\r\n\r\n${body}`;
}

/** Undefined for a plain text. */
export function readEnvelope(text: string): Envelope | undefined {
  if (!text.startsWith(FIRST_LINE)) return undefined;
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const headers: Record<string, string> = {};
  for (const line of text.slice(0, end).split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon < 1) return undefined;
    headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { headers, body: text.slice(end + 4) };
}

/** A text with a file: JSON of both under the type of RCC.16's file information. */
export function writeFileMessage(text: string, descriptor: unknown): string {
  return writeEnvelope({ 'Content-Type': FILE_INFO }, JSON.stringify({ text, descriptor }));
}

/** Undefined when it is no such message. */
export function readFileMessage(
  plaintext: string,
): { readonly text: string; readonly descriptor: unknown } | undefined {
  const envelope = readEnvelope(plaintext);
  if (envelope?.headers['content-type'] !== FILE_INFO) return undefined;
  try {
    const json = JSON.parse(envelope.body) as { text?: unknown; descriptor?: unknown } | null;
    if (typeof json?.text !== 'string') return undefined;
    return { text: json.text, descriptor: json.descriptor };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
