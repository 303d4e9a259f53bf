/** A person's own file on its way: encrypted on the phone, put into the store, told by a URL. */
import { digestOf, sealObject } from '../../protocol/attachment/descriptor.ts';
import type { AttachmentDescriptor, PartDescriptor } from '../../protocol/attachment/descriptor.ts';
import { signedHeaders, signedUrl } from '../../protocol/s3/signature.ts';
import { sleep } from '../../kernel/clock.ts';
import type { Phone } from '../phone.ts';

/** Contents are base64. */
export interface OwnFile {
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly thumbnail?: string;
}

/** Files between people stay for a day. */
const LIFE_SECONDS = 86_400;
const MOST_TRIES = 8;
const PAUSE_MICROS = 4_000_000;
const PUT_MICROS = 10_000_000;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

async function put(
  phone: Phone,
  id: string,
  name: 'file' | 'thumbnail',
  content: string,
): Promise<PartDescriptor | undefined> {
  const { attachments, network, ambient } = phone.context;
  const place = attachments?.placeOf(phone.path);
  if (place === undefined) return undefined;
  const { clock } = ambient;
  const { random } = phone.state;
  const [key, nonce] = [random.bytes(32), random.bytes(12)];
  const body = sealObject(Buffer.from(content, 'base64'), key, nonce);
  const url = `${place.url}/${id}/${name}`;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const headers = { 'x-amz-meta-part': name };
    const epochMillis = clock.epochMillis();
    const request = { method: 'PUT', url, epochMillis, headers, body };
    clock.touch();
    const result = await network.request({
      method: 'PUT',
      url,
      headers: signedHeaders(request, place.credentials),
      body,
      timeoutMicros: PUT_MICROS,
    });
    clock.touch();
    if (result.kind === 'answer' && result.response.status === 200) {
      const now = clock.epochMillis();
      const read = { method: 'GET', url, epochMillis: now };
      return {
        url: signedUrl(read, LIFE_SECONDS, place.credentials),
        until: new Date((Math.floor(now / 1_000) + LIFE_SECONDS) * 1_000).toISOString(),
        size: body.length,
        sha256: digestOf(body),
        key: base64(key),
        nonce: base64(nonce),
      };
    }
    await sleep(clock, PAUSE_MICROS);
  }
  return undefined;
}

/** Undefined when the store did not take it: the words go without it. */
export async function sendFile(
  phone: Phone,
  message: string,
  { name, type, content, thumbnail }: OwnFile,
): Promise<AttachmentDescriptor | undefined> {
  const file = await put(phone, message, 'file', content);
  if (file === undefined) return undefined;
  const small =
    thumbnail === undefined ? undefined : await put(phone, message, 'thumbnail', thumbnail);
  return { id: message, name, type, file, ...(small !== undefined && { thumbnail: small }) };
}
