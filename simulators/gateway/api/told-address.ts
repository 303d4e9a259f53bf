import type { CallbackAddress } from './callback-scheme.ts';
import type { WebhookAddress } from './gateway.ts';

/**
 * Where a callback goes whose address the implementation wrote into a request: a public address of
 * its own leads to where the world reaches it, any other is called as it stands.
 */
export function toldAddress(url: string, webhook: WebhookAddress | undefined): CallbackAddress {
  const bases = webhook?.bases;
  if (bases === undefined) return { url, told: url };
  const { told, reached } = bases;
  const inside = url === told || url.startsWith(`${told}/`) || url.startsWith(`${told}?`);
  return { url: inside ? reached + url.slice(told.length) : url, told: url };
}

/** The declared webhook itself, as the vendor was told it. */
export function declaredAddress(webhook: WebhookAddress): CallbackAddress {
  return asTold(webhook.url, webhook);
}

/** Where what people write goes, where the implementation declares that apart. */
export function inboundAddress(webhook: WebhookAddress | undefined): {
  readonly to?: CallbackAddress;
} {
  const url = webhook?.inboundUrl;
  return webhook === undefined || url === undefined ? {} : { to: asTold(url, webhook) };
}

function asTold(url: string, { bases }: WebhookAddress): CallbackAddress {
  if (bases === undefined || !url.startsWith(bases.reached)) return { url, told: url };
  return { url, told: bases.told + url.slice(bases.reached.length) };
}
