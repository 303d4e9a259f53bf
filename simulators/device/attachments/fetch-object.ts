/** One request for an object, and what its answer means. */
import type { AttachmentPart } from '../../kernel/events-attachments.ts';
import type { EventOf } from '../../kernel/events.ts';
import type { PartDescriptor } from '../../protocol/attachment/descriptor.ts';
import type { OutboundResult } from '../../network/wire.ts';
import type { Offer } from './offer.ts';
import { objectOf, placeOf } from './offer.ts';

type Fetched = EventOf<'attachment.fetched'>;

export interface Got {
  readonly outcome: Fetched['outcome'];
  /** With `content`. */
  readonly bytes: Uint8Array;
}

const OBJECT_MICROS = 30_000_000;
const NOTHING = new Uint8Array();

function read(result: OutboundResult): Got & { readonly status: string } {
  if (result.kind === 'failure') {
    return { outcome: 'broken', bytes: NOTHING, status: result.reason };
  }
  const { status, body } = result.response;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (status >= 200 && status <= 299) return { outcome: 'content', bytes, status: String(status) };
  const error = Buffer.from(bytes.subarray(0, 2_000)).toString('utf8');
  const code = /<Code>(\w+)<\/Code>/.exec(error)?.[1];
  const told = code === undefined ? String(status) : `${status} ${code}`;
  if (status === 404 || status === 410) return { outcome: 'missing', bytes: NOTHING, status: told };
  if (status >= 500 || status === 429) return { outcome: 'broken', bytes: NOTHING, status: told };
  const expired = /expired/i.test(error);
  return { outcome: expired ? 'expired' : 'refused', bytes: NOTHING, status: told };
}

/** Asks as `step` says and writes down what came of it. Throws only what is our own error. */
export async function fetchObject(
  offer: Offer,
  part: AttachmentPart,
  told: PartDescriptor,
  step: Fetched['step'],
): Promise<Got> {
  const { context } = offer.phone;
  const { clock, history } = context.ambient;
  const url = new URL(told.url);
  if (step === 'unsigned') url.search = '';
  clock.touch();
  const result = await context.network.request({
    method: 'GET',
    url: url.href,
    headers: { accept: '*/*' },
    timeoutMicros: OBJECT_MICROS,
  });
  clock.touch();
  const got = read(result);
  history.append({
    kind: 'attachment.fetched',
    ...placeOf(offer),
    part,
    object: objectOf(offer.phone, told),
    step,
    outcome: got.outcome,
    status: got.status,
  });
  return got;
}
