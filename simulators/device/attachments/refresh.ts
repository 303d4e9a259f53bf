/** How a phone asks the sender of a file for a URL that works. */
import { readDescriptor } from '../../protocol/attachment/descriptor.ts';
import type { AttachmentDescriptor } from '../../protocol/attachment/descriptor.ts';
import type { Offer } from './offer.ts';
import { placeOf } from './offer.ts';

/** Why the phone asks: the sender may have to send the file once more. */
export type Need = 'expired' | 'missing' | 'corrupt';

const REFRESH_MICROS = 10_000_000;

/** The public address of the sender's service leads to where it is under test. */
function reached({ phone }: Offer, written: string): string | undefined {
  if (!URL.canParse(written)) return undefined;
  const url = new URL(written);
  const { edges } = phone.context;
  if (edges?.link?.hosts.includes(url.host) !== true) return written;
  return edges.baseUrl + url.pathname + url.search;
}

function parsed(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `again`: nobody answered, so that it may be asked once more. */
export async function refreshed(
  offer: Offer,
  need: Need,
): Promise<AttachmentDescriptor | 'again' | undefined> {
  const { phone, descriptor } = offer;
  const { ambient, network } = phone.context;
  const asked = descriptor.refresh;
  const url = asked === undefined ? undefined : reached(offer, asked.url);
  const tell = (outcome: 'fresh' | 'same' | 'none', status: string): void => {
    const kind = 'attachment.refreshed';
    ambient.history.append({ kind, ...placeOf(offer), outcome, status });
  };
  if (asked === undefined || url === undefined) {
    tell('none', 'nowhere to ask');
    return undefined;
  }
  ambient.clock.touch();
  const result = await network.request({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${asked.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: need }),
    timeoutMicros: REFRESH_MICROS,
  });
  ambient.clock.touch();
  if (result.kind === 'failure') {
    tell('none', result.reason);
    return 'again';
  }
  const { status, body } = result.response;
  const fresh = status === 200 ? readDescriptor(parsed(body)) : undefined;
  if (fresh === undefined) {
    tell('none', String(status));
    return status >= 500 || status === 429 ? 'again' : undefined;
  }
  // Signed twice in one second, URLs are equal: no use when ended, right for what was missing.
  const ended = need === 'expired' || Date.parse(fresh.file.until) <= ambient.clock.epochMillis();
  const same = ended && fresh.file.url === descriptor.file.url;
  tell(same ? 'same' : 'fresh', String(status));
  return same ? undefined : fresh;
}
