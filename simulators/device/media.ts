/** The files of a business's message: fetched from its gateway's content server, and shown. */
import type { BearerMessage } from '../network/bearer.ts';
import type { Medium } from '../protocol/rich-content.ts';
import { display } from './display.ts';
import type { Phone } from './phone.ts';
import { readMessage } from './sight.ts';

const FETCH_MICROS = 30_000_000;

interface At {
  readonly phone: Phone;
  readonly arrived: BearerMessage;
  /** The planned message that its words are. */
  readonly message: string | undefined;
  readonly onRead: () => void;
}

/** Previews first, as a person sees them; nothing happens for a message without files. */
export function showMedia(at: At): void {
  const { phone, arrived } = at;
  const { content } = arrived;
  const media = content.kind === 'text' ? (content.rich?.media ?? []) : [];
  if (media.length === 0 || phone.thief) return;
  phone.context.ambient.clock.touch();
  showAll(at, media).catch(phone.context.failed);
}

async function showAll(at: At, media: readonly Medium[]): Promise<void> {
  for (const { url, thumbnailUrl } of media) {
    if (thumbnailUrl !== undefined) await show(at, thumbnailUrl, 'thumbnail');
    await show(at, url, 'file');
  }
}

async function show(
  { phone, arrived, message, onRead }: At,
  url: string,
  part: 'file' | 'thumbnail',
): Promise<void> {
  const { ambient, network } = phone.context;
  const { wire, bearer } = arrived;
  const place = { wire, person: phone.person, ...(message !== undefined && { message }) };
  const headers = { accept: '*/*' };
  ambient.clock.touch();
  const result = await network.request({
    method: 'GET',
    url,
    headers,
    timeoutMicros: FETCH_MICROS,
  });
  ambient.clock.touch();
  const fetched = { kind: 'medium.fetched', by: phone.path, ...place, part } as const;
  if (result.kind === 'failure') {
    ambient.history.append({ ...fetched, outcome: 'broken', status: result.reason });
    return;
  }
  const { status, body, headers: told } = result.response;
  const outcome = status === 200 ? 'content' : status === 404 ? 'missing' : 'refused';
  ambient.history.append({ ...fetched, outcome, status: `${status}` });
  if (outcome !== 'content') return;
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
  const type = told['content-type'] ?? '';
  ambient.history.append({
    kind: 'medium.displayed',
    device: phone.path,
    ...place,
    part,
    type,
    bytes: bytes.length,
  });
  // What a person is to read may stand in the file alone.
  const text = bytes.toString('latin1');
  const readable = message === undefined ? readMessage(text, ambient.index) : undefined;
  if (part === 'thumbnail' || readable === undefined) return;
  display(phone, {
    wire,
    channel: bearer,
    message: readable.message,
    text,
    padlock: false,
    onRead,
  });
}
