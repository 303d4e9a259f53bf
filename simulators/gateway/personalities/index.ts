import type { GatewayEntry } from '../api/gateway.ts';
import { infobip } from './infobip.ts';
import { rbm } from './rbm.ts';
import { sessions } from './sessions.ts';
import { twilio } from './twilio.ts';
import { sinch } from './sinch.ts';
import { vonage } from './vonage.ts';

/** Every gateway that a world can have. */
export const GATEWAYS = {
  rbm,
  infobip,
  twilio,
  sinch,
  vonage,
  sessions,
} as const satisfies Record<string, GatewayEntry>;
