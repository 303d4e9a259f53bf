import type { GatewayEntry } from '../api/gateway.ts';
import { rbm } from './rbm.ts';

/** Every gateway that a world can have. */
export const GATEWAYS = {
  rbm,
} as const satisfies Record<string, GatewayEntry>;
