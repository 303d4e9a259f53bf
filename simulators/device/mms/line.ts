/** A phone's calls to its carrier's MMS centre: again and again while nobody answers. */
import { MICROS_PER_SECOND } from '../../kernel/clock.ts';
import type { WireResponse } from '../../network/wire.ts';
import { CALLER_HEADER, MMS_MESSAGE } from '../../protocol/mms/assignments.ts';
import type { MmsPdu } from '../../protocol/mms/pdu.ts';
import { encodeMms } from '../../protocol/mms/pdu.ts';
import type { Phone } from '../phone.ts';

const REQUEST_MICROS = 30 * MICROS_PER_SECOND;
const FIRST_PAUSE_MICROS = 5 * MICROS_PER_SECOND;
const LONGEST_PAUSE_MICROS = 60 * MICROS_PER_SECOND;
const MOST_TRIES = 12;

/** `again`: the answer tells that it is to be tried once more. */
export type Told = 'done' | 'again';

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: Uint8Array;
  /** What the centre said, 2xx only. */
  readonly answered: (response: WireResponse) => Told;
  /** After the first try without a use. */
  readonly delayed?: () => void;
  /** After the last. */
  readonly givenUp: (why: string) => void;
}

export function bytesOf({ body }: WireResponse): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
}

/** MMS goes over the carrier's own data connection: now, or when there is one again. */
function onceConnected(phone: Phone, task: () => void): void {
  const connected = (): boolean => phone.online && phone.reachable('sms');
  if (connected()) {
    task();
    return;
  }
  let waiting = true;
  phone.onChange(() => {
    if (!waiting || !connected()) return;
    waiting = false;
    task();
  });
}

/** Each try waits until the phone is on a network. */
export function callCentre(phone: Phone, call: Call, tries = 0): void {
  const { clock } = phone.context.ambient;
  const later = (why: string): void => {
    if (tries === 0) call.delayed?.();
    if (tries + 1 >= MOST_TRIES) return call.givenUp(why);
    const pause = Math.min(LONGEST_PAUSE_MICROS, FIRST_PAUSE_MICROS * 2 ** tries);
    clock.after(pause, () => callCentre(phone, call, tries + 1));
  };
  const attempt = async (): Promise<void> => {
    const result = await phone.context.network.request({
      method: call.method,
      url: call.url,
      headers: {
        [CALLER_HEADER]: phone.owner.plan.msisdn,
        accept: `${MMS_MESSAGE}, */*`,
        ...(call.body !== undefined && { 'content-type': MMS_MESSAGE }),
      },
      ...(call.body !== undefined && { body: call.body }),
      timeoutMicros: REQUEST_MICROS,
    });
    clock.touch();
    if (result.kind === 'failure') return later(`no answer: ${result.reason}`);
    const { status } = result.response;
    if (status < 200 || status > 299) return later(`HTTP ${status}`);
    if (call.answered(result.response) === 'again') later('not now');
  };
  onceConnected(phone, () => {
    clock.touch();
    attempt().catch(phone.context.failed);
  });
}

/** Something that needs no answer but a plain one: an acknowledgement, a report. */
export function tellCentre(phone: Phone, pdu: MmsPdu): void {
  const line = phone.context.lines.mmsOf(phone.owner.plan.carrier);
  if (line === undefined) return;
  callCentre(phone, {
    method: 'POST',
    url: line.url,
    body: encodeMms(pdu),
    answered: () => 'done',
    // The centre then keeps it until it expires: nobody but its sender's report suffers.
    givenUp: () => {},
  });
}
