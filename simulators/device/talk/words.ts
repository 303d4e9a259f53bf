/**
 * How one phone says it to another: a plain text as it is, all else in an envelope, which is inside
 * of the ciphertext where the conversation is encrypted. The header names are ours; what Universal
 * Profile calls them is not public.
 */
import { ACTS } from '../../kernel/plan.ts';
import type { ActKind } from '../../kernel/plan.ts';
import {
  readEnvelope,
  readFileMessage,
  writeEnvelope,
  writeFileMessage,
} from '../../protocol/attachment/envelope.ts';
import type { Writing } from '../conversation.ts';

export interface Said {
  readonly text: string;
  /** Something done to an earlier message. */
  readonly act?: { readonly kind: ActKind; readonly of: string };
  readonly vanishSeconds?: number;
  readonly typing?: true;
  /** The descriptor of a file. */
  readonly descriptor?: unknown;
}

const TYPING = 'application/im-iscomposing+xml';

export function plaintextOf(writing: Writing): string {
  const { text, act, vanishMicros, descriptor, notice } = writing;
  if (notice !== undefined) return notice;
  if (descriptor !== undefined) return writeFileMessage(text, descriptor);
  if (act === undefined && vanishMicros === undefined) return text;
  const headers: Record<string, string> = { 'Content-Type': 'text/plain' };
  if (act !== undefined) {
    headers['Reference-Type'] = act.kind;
    headers['Reference-ID'] = act.of;
  }
  if (vanishMicros !== undefined) headers['Vanish-After'] = String(vanishMicros / 1_000_000);
  // Who deletes or reacts says no new text; the canary tells which message it is all the same.
  return writeEnvelope(headers, text);
}

/** RFC 3994 §4: the state of an indication of composing. */
export function typingText(): string {
  const xml = '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">';
  return writeEnvelope({ 'Content-Type': TYPING }, `${xml}<state>active</state></isComposing>`);
}

export function readSaid(plaintext: string): Said {
  const file = readFileMessage(plaintext);
  if (file !== undefined) return { text: file.text, descriptor: file.descriptor };
  const envelope = readEnvelope(plaintext);
  if (envelope === undefined) return { text: plaintext };
  const { headers, body } = envelope;
  if (headers['content-type'] === TYPING) return { text: '', typing: true };
  const kind = ACTS.find((act) => act === headers['reference-type']);
  const of = headers['reference-id'];
  const seconds = Number(headers['vanish-after'] ?? Number.NaN);
  return {
    text: body,
    ...(kind !== undefined && of !== undefined && { act: { kind, of } }),
    ...(seconds > 0 && { vanishSeconds: seconds }),
  };
}
