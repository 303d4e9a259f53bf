import type { Ambient } from '../../kernel/ambient.ts';

/** The one account of the gateway: what authenticates, and what it may send from. */
export interface TwilioAccount {
  readonly sid: string;
  /** Signs callbacks until a rotation, and authenticates. */
  readonly authToken: string;
  /** The secondary token: it authenticates already, and signs once it was promoted. */
  readonly nextAuthToken: string;
  readonly apiKeySid: string;
  readonly apiKeySecret: string;
  /** E.164 and its sid. */
  readonly phoneNumber: { readonly sid: string; readonly number: string };
  /** `rcs:<sender id>` and its sid. */
  readonly rcsSender: { readonly sid: string; readonly address: string };
  /** Whether the credentials of an Authorization header are the account's. */
  authorized(header: string | undefined): boolean;
}

/** Unassigned (ITU-T E.164 list), as all numbers of a world; nobody in it has this one. */
const PHONE_NUMBER = '+999800000001';
const RCS_SENDER = 'bellwether';

export function createTwilioAccount({ random }: Ambient, component: string): TwilioAccount {
  const drawn = random.fork(`${component}/account`);
  const hex = (): string => Buffer.from(drawn.bytes(16)).toString('hex');
  const sid = `AC${hex()}`;
  const authToken = hex();
  const nextAuthToken = hex();
  const apiKeySid = `SK${hex()}`;
  const apiKeySecret = hex();
  const basic = (user: string, password: string): string =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const accepted = new Set([
    basic(sid, authToken),
    basic(sid, nextAuthToken),
    basic(apiKeySid, apiKeySecret),
  ]);
  return {
    sid,
    authToken,
    nextAuthToken,
    apiKeySid,
    apiKeySecret,
    phoneNumber: { sid: `PN${hex()}`, number: PHONE_NUMBER },
    rcsSender: { sid: `XE${hex()}`, address: `rcs:${RCS_SENDER}` },
    authorized: (header) => header !== undefined && accepted.has(header),
  };
}
