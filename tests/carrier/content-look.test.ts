import { describe, expect, test } from 'vitest';
import { lookAt, lookOnce } from '../../simulators/carrier/content-look.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import type { BearerContent } from '../../simulators/network/bearer.ts';
import { createTap } from '../../simulators/network/tap.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';

const random = createRandom(1);
const canary = createCanary(random);
const other = createCanary(random);

/** A core's tap, and what it has examined. */
function coreTap(carrier: string) {
  const history = createHistory(createVirtualClock());
  const scanner = createScanner();
  const index = createMessageIndex();
  const tap = createTap({ history, index, scanner }, 'carrier', `carrier/${carrier}/rcs`);
  const examined: string[] = [];
  const look: typeof tap.look = (bytes) => {
    examined.push(Buffer.from(bytes).toString());
    return tap.look(bytes);
  };
  return { tap: { ...tap, look }, examined };
}

describe('what cores see in a content', () => {
  test('is examined at its first core, and the same at the next', () => {
    const first = coreTap('northtel');
    const second = coreTap('southtel');
    const content: BearerContent = { kind: 'text', text: `Hello ${canary}` };
    const seen = lookOnce(first.tap, content);
    expect(seen.hits).toEqual([{ canary, as: 'plain' }]);
    expect(lookAt(second.tap, content)).toBe(seen);
    expect([first.examined.length, second.examined.length]).toEqual([1, 0]);
  });

  test('is examined anew in a content made from it', () => {
    const { tap } = coreTap('northtel');
    const content: BearerContent = { kind: 'text', text: 'Hello' };
    expect(lookOnce(tap, content).hits).toEqual([]);
    const altered = { ...content, text: `Hello ${other}` };
    expect(lookAt(tap, altered).hits).toEqual([{ canary: other, as: 'plain' }]);
  });

  test('holds what stands beside a text, and the octets of a ciphertext', () => {
    const { tap, examined } = coreTap('northtel');
    const label = `Card ${canary}`;
    const rich = { suggestions: [{ label, postback: 'yes', does: 'reply' }], media: [] } as const;
    expect(lookAt(tap, { kind: 'text', text: 'Hello', rich }).hits).toHaveLength(1);
    const epochAuthenticator = '';
    const body = Buffer.from('octets');
    lookAt(tap, { kind: 'mls', contentType: 'message/mls', eraId: 1, epochAuthenticator, body });
    expect(examined).toEqual([`Hello\n${label}\nyes`, 'octets']);
  });
});
