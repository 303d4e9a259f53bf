import { SinchClient } from '@sinch/sdk-core';

/** Sinch's own client on a simulated gateway; `value` gives what the gateway's account has. */
export function sinchClient(
  value: (name: string) => string,
  credentials: { keySecret?: string; projectId?: string } = {},
) {
  return new SinchClient({
    projectId: value('projectId'),
    keyId: value('keyId'),
    keySecret: value('keySecret'),
    authHostname: value('url'),
    conversationHostname: value('url'),
    logger: null,
    ...credentials,
  }).conversation;
}
