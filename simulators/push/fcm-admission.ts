/** Who may send through FCM, and to whom: credentials, quotas, tokens. */
import { MICROS_PER_SECOND } from '../kernel/clock.ts';
import type { PushHandset } from '../network/bearer.ts';
import type { WireRequest } from '../network/wire.ts';
import type { FcmPush } from '../protocol/fcm/message.ts';
import type { TokenIssuer } from '../protocol/oauth/token-issuer.ts';
import type { DeviceLimits } from './device-quota.ts';
import { createDeviceQuota, createProjectQuota } from './device-quota.ts';
import { COMPONENT, overQuota, refuse, unavailable, UNAUTHENTICATED } from './fcm-answers.ts';
import type { FcmTopics } from './fcm-topics.ts';
import type { PushDirectory } from './push-directory.ts';
import type { PushAnswer } from './push-door.ts';
import { serviceBroken, tokenGone } from './push-door.ts';
import type { PushFaults } from './push-faults.ts';
import { createPhoneQuotas, numberIn } from './push-faults.ts';

/** Registration tokens are opaque; anything shorter or with other characters is none. */
const TOKEN_SHAPE = /^[A-Za-z0-9_:-]{16,4096}$/;
/** "… a maximum of 240 messages per minute and 5,000 messages per hour to a single device". */
const PER_DEVICE: DeviceLimits = { perMinute: 240, perHour: 5_000 };
/** "The default quota of 600k messages per minute". */
const PER_PROJECT_MINUTE = 600_000;
const SHUTDOWN_RETRY_MICROS = 5 * MICROS_PER_SECOND;

export interface FcmAdmissionOptions {
  readonly options: {
    readonly handsets: PushDirectory;
    readonly perDevice?: DeviceLimits;
    readonly perProject?: number;
  };
  readonly projectId: string;
  readonly tokens: TokenIssuer;
  readonly topics: FcmTopics;
  readonly faults: PushFaults;
  readonly now: () => number;
}

export interface FcmAdmission {
  senderRefused(
    request: WireRequest,
    project: string,
    message: string | undefined,
    wire: string | undefined,
  ): PushAnswer | undefined;
  /** Counts one message of the project. */
  overProjectQuota(): PushAnswer | undefined;
  phonesOf(
    push: FcmPush,
    message: string | undefined,
    wire: string,
  ): PushAnswer | readonly PushHandset[];
}

export function createFcmAdmission(setup: FcmAdmissionOptions): FcmAdmission {
  const { options, projectId, tokens, topics, faults, now } = setup;
  const { handsets } = options;
  const ofDevice = createDeviceQuota(options.perDevice ?? PER_DEVICE);
  const ofProject = createProjectQuota(options.perProject ?? PER_PROJECT_MINUTE);
  const phoneQuotas = createPhoneQuotas(faults, now);

  /** Why the sender is refused, whatever it sends. */
  const senderRefused = (
    { headers }: WireRequest,
    project: string,
    message: string | undefined,
    wire: string | undefined,
  ): PushAnswer | undefined => {
    const down = faults.hits('shutdown', 'answered UNAVAILABLE', message, wire);
    if (down !== undefined) {
      return unavailable(numberIn(down, 'retry-after', SHUTDOWN_RETRY_MICROS));
    }
    const check = tokens.check(headers['authorization']);
    if (check !== 'valid') {
      const old =
        check === 'unknown' &&
        faults.hits('expired-provider-token', 'refused an old token', message, wire) !== undefined;
      return old || check === 'expired'
        ? { ...UNAUTHENTICATED, tokenExpired: true }
        : UNAUTHENTICATED;
    }
    const refusing = faults.hits('credentials-refused', 'refused the credentials', message, wire);
    if (refusing === undefined) {
      if (project === projectId) return undefined;
      return refuse('SENDER_ID_MISMATCH', 'SenderId mismatch');
    }
    const isThirdParty = refusing.params['as'] === 'THIRD_PARTY_AUTH_ERROR';
    const meaning = serviceBroken(COMPONENT);
    return isThirdParty
      ? refuse('THIRD_PARTY_AUTH_ERROR', 'Auth error from APNS or Web Push Service', { meaning })
      : refuse('SENDER_ID_MISMATCH', 'SenderId mismatch', { meaning });
  };

  /** The phone of a token, or why it cannot be sent anything. */
  const phoneOf = (
    token: string,
    message: string | undefined,
    wire: string,
  ): PushAnswer | PushHandset => {
    if (!TOKEN_SHAPE.test(token)) {
      const text = 'The registration token is not a valid FCM registration token';
      return refuse('INVALID_ARGUMENT', text);
    }
    const handset = handsets.get(token);
    if (handset === undefined) return refuse('UNREGISTERED', 'Requested entity was not found.');
    if (handset.state() === 'unregistered') {
      return refuse('UNREGISTERED', 'Requested entity was not found.', {
        meaning: tokenGone(handset.path),
      });
    }
    const wait = phoneQuotas.take(handset.path, message, wire) || ofDevice.take(token, now());
    return wait > 0 ? overQuota(handset.path, wait) : handset;
  };

  /** Everybody that a message is for, or why it is refused. */
  const phonesOf = (
    { audience }: FcmPush,
    message: string | undefined,
    wire: string,
  ): PushAnswer | readonly PushHandset[] => {
    if (audience.kind === 'fid') return refuse('UNREGISTERED', 'Requested entity was not found.');
    if (audience.kind === 'topics') {
      return topics
        .subscribers(audience.includes)
        .map((token) => handsets.get(token))
        .filter((handset) => handset !== undefined);
    }
    const phone = phoneOf(audience.token, message, wire);
    return 'status' in phone ? phone : [phone];
  };

  return {
    senderRefused,
    overProjectQuota: () => {
      const wait = ofProject.take(projectId, now());
      return wait > 0 ? overQuota(undefined, wait) : undefined;
    },
    phonesOf,
  };
}
