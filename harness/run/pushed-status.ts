/** `${harness.status.url}`: where an implementation that tells its statuses itself may do so. */
import type { Listener, Network, WireRequest } from '../../simulators/network/wire.ts';
import { atPointer } from '../../simulators/protocol/template/json-pointer.ts';
import type { DescriptionDoc } from '../implementation/description-schema.ts';
import type { StatusReading } from '../implementation/interface.ts';
import { compileReading } from '../implementation/status-reading.ts';

type Place = string | { readonly query: string };

function read(request: WireRequest, json: unknown, place: Place | undefined): unknown {
  if (place === undefined) return undefined;
  if (typeof place === 'string') return atPointer(json, place);
  return new URLSearchParams(request.query).get(place.query) ?? undefined;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An id or a word: a JSON number counts as its digits, anything else is nothing. */
function word(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** `doc`: where in a call id and status stand; nothing is read without it. */
export function listenForStatuses(
  network: Network,
  doc: Pick<DescriptionDoc, 'status'>,
  told: (id: string, reading: StatusReading) => void,
): Promise<Listener> {
  const places = doc.status?.push;
  const reading = doc.status === undefined ? undefined : compileReading(doc.status);
  return network.listenHttp('harness-status', {
    accepts: () => true,
    handle: (request) => {
      const json = parse(request.body);
      const id = word(read(request, json, places?.id));
      const raw = word(read(request, json, places?.state));
      if (id !== undefined && raw !== undefined && reading !== undefined) {
        const channel = read(request, json, places?.channel);
        const encrypted = read(request, json, places?.encrypted);
        const body = `${request.query} ${Buffer.from(request.body).toString('utf8')}`;
        told(id, reading({ raw, channel, encrypted, body }));
      }
      return { kind: 'answer', response: { status: 200, headers: {}, body: '' } };
    },
  });
}
