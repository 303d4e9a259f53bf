/** What the tests with Google's client library share: the gateway on sockets, and bodies. */
import { afterEach } from 'vitest';
import { rbmClient } from './rbm-client.ts';
import { ANA, socketStage } from './vendor-stage.ts';
import type { Hook } from './vendor-stage.ts';

export const TO_ANA = `+${ANA}`;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

export async function ready() {
  const stage = await socketStage('rbm');
  stops.push(stage.stop);
  const client = rbmClient(stage.value);
  const text = (messageId: string, content: string, more: Record<string, unknown> = {}) =>
    client.send(TO_ANA, messageId, { contentMessage: { text: content }, ...more });
  const content = (messageId: string, contentMessage: Record<string, unknown>) =>
    client.send(TO_ANA, messageId, { contentMessage });
  return { ...stage, client, text, content };
}

export const dataOf = ({ json }: Hook): Record<string, unknown> => {
  const { data } = (json['message'] ?? {}) as { readonly data?: string };
  return data === undefined ? {} : JSON.parse(Buffer.from(data, 'base64').toString());
};

export const reply = (text = 'Yes', postbackData = 'yes') => ({ reply: { text, postbackData } });
export const action = (more: Record<string, unknown>) => ({
  action: { text: 'Do it', postbackData: 'do', ...more },
});
export const card = (more: Record<string, unknown> = {}) => ({ title: 'A title', ...more });
export const standalone = (
  cardContent: Record<string, unknown>,
  more: Record<string, unknown> = {},
) => ({
  richCard: { standaloneCard: { cardOrientation: 'VERTICAL', cardContent, ...more } },
});
export const media = (more: Record<string, unknown> = {}) => ({
  height: 'TALL',
  contentInfo: { fileUrl: 'https://files.example/a.png' },
  ...more,
});
export const carousel = (cards: readonly unknown[], cardWidth = 'MEDIUM') => ({
  richCard: { carouselCard: { cardWidth, cardContents: cards } },
});
