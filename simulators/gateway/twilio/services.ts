import type { Ambient } from '../../kernel/ambient.ts';
import type { TwilioAccount } from './account.ts';

export type SenderKind = 'phone-number' | 'channel' | 'alpha';

export interface ServiceSender {
  readonly sid: string;
  readonly kind: SenderKind;
  /** `+E164`, `rcs:bellwether`, an alphanumeric id. */
  readonly address: string;
  readonly addedMillis: number;
}

/** A Messaging Service: senders that share settings. */
export interface MessagingService {
  readonly sid: string;
  readonly createdMillis: number;
  updatedMillis: number;
  /** By the names of the resource (`friendly_name`); what was never set is absent. */
  readonly settings: Map<string, string>;
  readonly senders: Map<string, ServiceSender>;
}

export interface MessagingServices {
  get(sid: string): MessagingService | undefined;
  create(friendlyName: string): MessagingService;
  remove(sid: string): boolean;
  readonly all: readonly MessagingService[];
  /** The one that is there from the start, with the account's number and RCS sender. */
  readonly standing: MessagingService;
}

/** The sender that SMS goes out from: a number before a name. */
export function smsSenderOf(service: MessagingService): string | undefined {
  let name: string | undefined;
  for (const { kind, address } of service.senders.values()) {
    if (kind === 'phone-number') return address;
    if (kind === 'alpha') name ??= address;
  }
  return name;
}

export function rcsSenderOf(service: MessagingService): string | undefined {
  for (const { kind, address } of service.senders.values()) {
    if (kind === 'channel' && address.startsWith('rcs:')) return address;
  }
  return undefined;
}

export function createMessagingServices(
  { clock, ids, random }: Ambient,
  component: string,
  account: TwilioAccount,
): MessagingServices {
  const services = new Map<string, MessagingService>();
  const add = (sid: string, friendlyName: string): MessagingService => {
    const now = clock.epochMillis();
    const service: MessagingService = {
      sid,
      createdMillis: now,
      updatedMillis: now,
      settings: new Map([['friendly_name', friendlyName]]),
      senders: new Map(),
    };
    services.set(sid, service);
    return service;
  };
  const first = random.fork(`${component}/service`).bytes(16);
  const standing = add(`MG${Buffer.from(first).toString('hex')}`, 'Bellwether');
  const { phoneNumber, rcsSender } = account;
  const addedMillis = clock.epochMillis();
  standing.senders.set(rcsSender.sid, {
    sid: rcsSender.sid,
    kind: 'channel',
    address: rcsSender.address,
    addedMillis,
  });
  standing.senders.set(phoneNumber.sid, {
    sid: phoneNumber.sid,
    kind: 'phone-number',
    address: phoneNumber.number,
    addedMillis,
  });
  return {
    get: (sid) => services.get(sid),
    create: (friendlyName) => add(`MG${ids.hex(16)}`, friendlyName),
    remove: (sid) => services.delete(sid),
    get all() {
      return [...services.values()];
    },
    standing,
  };
}
