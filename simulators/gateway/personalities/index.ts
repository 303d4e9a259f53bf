import type { RbmGateway, RbmGatewayOptions } from './rbm.ts';
import { createRbmGateway } from './rbm.ts';

/** A row of the gateway registry: the word in `world.gateways`, and what makes it. */
export interface GatewayEntry {
  readonly name: string;
  /** One sentence for `bellwether list`. */
  readonly doc: string;
  readonly create: (options: RbmGatewayOptions) => RbmGateway;
}

export const GATEWAYS = {
  rbm: {
    name: 'rbm',
    doc: 'Google RCS for Business API v1 with signed webhooks, and an extension for MLS.',
    create: createRbmGateway,
  },
} as const satisfies Record<string, GatewayEntry>;
