import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../simulators/kernel/events.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

const rule = 'fallback/misreported';

interface Answer {
  readonly outcome: EventOf<'callback.answered'>['outcome'];
  readonly status: string;
}

const TAKEN: Answer = { outcome: 'accepted', status: '200' };
const BROKEN: Answer = { outcome: 'no-answer', status: 'ECONNRESET' };

/** Delivery is offered at 5 s; at `at` the offer is over, and the status is read at 15 s. */
function offered(at: number, { outcome, status }: Answer, word: 'sent' | 'delivered'): string[] {
  const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' }).at(5);
  const handedAt = told.now;
  const name = { callback: 'cb-1', attempt: 1 } as const;
  const facts = { event: 'DELIVERED', wire: 'rbm:1', implies: 'delivered' } as const;
  told.add({ kind: 'callback.sent', ...name, component: 'gateway/rbm', ...facts });
  const close = (): number =>
    told.at(at).add({ kind: 'callback.answered', ...name, outcome, status, handedAt });
  const read = (): Story => told.at(15).status('m1', word);
  if (at < 15) {
    close();
    read();
  } else {
    read();
    close();
  }
  return told.end(100).found(rule);
}

describe('a callback that was not acknowledged when the status was read', () => {
  it('need not show in it yet', () => {
    expect(offered(16, TAKEN, 'sent')).toEqual([]);
  });

  it('is no evidence when the end of the cell cut it off', () => {
    expect(offered(15, BROKEN, 'sent')).toEqual([]);
  });

  it('is none when the connection broke before that, and the vendor was still to repeat it', () => {
    expect(offered(7, BROKEN, 'sent')).toEqual([]);
  });

  it('may show in it all the same', () => {
    expect(offered(16, TAKEN, 'delivered')).toEqual([]);
    expect(offered(15, BROKEN, 'delivered')).toEqual([]);
  });
});

describe('a claim that is made before the callback is acknowledged', () => {
  it('rests on it from when it was handed over, however long the answer takes', () => {
    const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'rcs', { wire: 'rbm:1' });
    const name = { callback: 'cb-1', attempt: 1 } as const;
    const facts = { event: 'DELIVERED', wire: 'rbm:1', implies: 'delivered' } as const;
    told.at(5).add({ kind: 'callback.sent', ...name, component: 'gateway/rbm', ...facts });
    told.at(5.1).status('m1', 'delivered', { final: false }).at(11);
    const answer = { outcome: 'accepted', status: '200', handedAt: told.now } as const;
    told.add({ kind: 'callback.answered', ...name, ...answer });
    expect(told.at(30).status('m1', 'delivered').end(100).found(rule)).toEqual([]);
  });
});

describe('a callback that was over when the status was read', () => {
  it('has to show, whether it was taken or refused', () => {
    expect(offered(6, TAKEN, 'sent')[0]).toContain('evidence of delivery');
    const refused: Answer = { outcome: 'refused', status: '500' };
    expect(offered(6, refused, 'sent')[0]).toContain('evidence of delivery');
  });

  it('has to show where it was kept unanswered for all of the vendor’s time', () => {
    const silent: Answer = { outcome: 'no-answer', status: 'ETIMEDOUT' };
    expect(offered(12, silent, 'sent')[0]).toContain('evidence of delivery');
  });
});
