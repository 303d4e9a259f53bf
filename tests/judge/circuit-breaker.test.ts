import { describe, expect, it } from 'vitest';
import type { EventOf, Meaning } from '../../simulators/kernel/events.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { SECOND } from './world-plan.ts';

const RULE = 'fallback/needless';
/** Without links, SMS is what comes after RCS. The policy's back-off is a minute. */
const NO_LINKS = { claims: { channels: ['rcs-e2ee', 'rcs', 'sms'] as const } };

const busy = (holds: Meaning['holds']): Meaning => ({
  channels: ['rcs', 'rcs-e2ee'],
  scope: { component: 'gateway/rbm' },
  says: 'busy',
  holds,
});

/** Who went by SMS although nothing said otherwise. */
const passedOver = (told: Story): (string | undefined)[] =>
  told
    .end(300)
    .rule(RULE)
    .findings.map(({ message }) => message);

const bySms = (told: Story, seconds: number, message: string): Story =>
  told
    .at(seconds)
    .accepted(message, 'low')
    .dispatch(message, 'sms', { wire: `smpp:${message}` });

describe('a connection that broke', () => {
  const broken = (meaning?: readonly Meaning[]): Story =>
    story(NO_LINKS)
      .at(1)
      .accepted('m0', 'low')
      .dispatch('m0', 'rcs-e2ee', {
        wire: 'rbm:0',
        outcome: 'answer-lost',
        ...(meaning === undefined ? {} : { meaning }),
      });

  it('lets a circuit breaker rest for the back-off, whatever the door would have said', () => {
    for (const told of [broken(), broken([busy(60 * SECOND)])]) {
      expect(passedOver(bySms(told, 40, 'm1'))).toEqual([]);
    }
  });

  const served = (told: Story, seconds: number, channel: 'rcs-e2ee' | 'rcs'): Story =>
    told.at(seconds).accepted('m1', 'low').dispatch('m1', channel, { wire: 'rbm:1' });

  it('excuses nobody who has been served on that channel since', () => {
    const told = served(broken(), 5, 'rcs-e2ee');
    expect(passedOver(bySms(served(told, 6, 'rcs'), 10, 'm2'))).toEqual(['m2']);
    // It broke again.
    const again = served(served(broken(), 5, 'rcs-e2ee'), 6, 'rcs')
      .at(8)
      .accepted('m3', 'low');
    again.dispatch('m3', 'rcs-e2ee', { wire: 'rbm:3', outcome: 'answer-lost' });
    expect(passedOver(bySms(again, 10, 'm2'))).toEqual([]);
  });

  it('is not made good by what was sent before it broke', () => {
    const told = story(NO_LINKS).at(0.9).accepted('m1', 'low');
    told.dispatch('m1', 'rcs-e2ee', { wire: 'rbm:1', answered: false });
    const request = told.events.at(-1)?.seq ?? 0;
    told.at(1).accepted('m0', 'low');
    told.dispatch('m0', 'rcs-e2ee', { wire: 'rbm:0', outcome: 'answer-lost' }).at(1.1);
    const said = { request, outcome: 'accepted', status: '200', handedAt: told.now } as const;
    told.add({ kind: 'door.answered', ...said });
    expect(passedOver(bySms(told, 40, 'm2'))).toEqual([]);
  });

  it('excuses no breaker that stays open for longer', () => {
    for (const told of [broken(), broken([busy(60 * SECOND)])]) {
      expect(passedOver(bySms(told, 64, 'm1'))).toEqual(['m1']);
    }
  });

  it('hands over nothing: what the lost answer meant is not known', () => {
    const told = broken([{ ...busy('capability-age'), says: 'unavailable' }]);
    expect(passedOver(bySms(told, 64, 'm1'))).toEqual(['m1']);
  });
});

describe('what was answered while the harness had stopped the implementation', () => {
  const freeze = (told: Story, kind: 'fault.applied' | 'fault.lifted'): Story => {
    told.add({ kind, fault: 'frozen', entry: 'pause', target: 'implementation' });
    return told;
  };
  const asked = (seconds = 3): Story =>
    story(NO_LINKS)
      .at(seconds)
      .accepted('m0', 'low')
      .dispatch('m0', 'rcs-e2ee', { wire: 'rbm:0', answered: false });
  const answer = (
    told: Story,
    request: number,
    more: Partial<EventOf<'door.answered'>> = {},
  ): Story => {
    const said = { request, outcome: 'accepted', status: '200', handedAt: told.now } as const;
    told.add({ kind: 'door.answered', ...said, ...more });
    return told;
  };
  const frozen = (until: number, more: Partial<EventOf<'door.answered'>> = {}): Story => {
    const told = asked();
    const request = told.events.at(-1)?.seq ?? 0;
    freeze(told.at(3.5), 'fault.applied');
    return freeze(answer(told.at(4), request, more).at(until), 'fault.lifted');
  };

  it('may have come after its timers had run out: a breaker rests for the back-off', () => {
    expect(passedOver(bySms(frozen(9), 40, 'm1'))).toEqual([]);
  });

  it('excuses no breaker that stays open for longer', () => {
    expect(passedOver(bySms(frozen(9), 72, 'm1'))).toEqual(['m1']);
  });

  it('is no reason for doubt where it was stopped for a moment', () => {
    expect(passedOver(bySms(frozen(4.5), 20, 'm1'))).toEqual(['m1']);
  });

  it('and had been read before, is none either', () => {
    const told = asked(1);
    const request = told.events.at(-1)?.seq ?? 0;
    freeze(answer(told.at(2), request).at(3.5), 'fault.applied');
    expect(passedOver(bySms(freeze(told.at(9), 'fault.lifted'), 20, 'm1'))).toEqual(['m1']);
  });

  it('or only after that, may have been given up as well', () => {
    const told = asked();
    const request = told.events.at(-1)?.seq ?? 0;
    freeze(freeze(told.at(3.5), 'fault.applied').at(9), 'fault.lifted');
    expect(passedOver(bySms(answer(told.at(9.5), request), 40, 'm1'))).toEqual([]);
  });

  it('is known from its return on, not from when nobody read it', () => {
    const meaning = [{ ...busy(30 * SECOND), says: 'unavailable' as const }];
    const told = frozen(4.5, { outcome: 'unavailable', meaning });
    expect(passedOver(bySms(bySms(told, 33, 'm1'), 40, 'm2'))).toEqual(['m2']);
  });

  it('never reaches the one that begins anew: its connection is lost', () => {
    const told = asked();
    const request = told.events.at(-1)?.seq ?? 0;
    const end = { instance: 1, code: null, signal: 'SIGKILL', asked: true } as const;
    told.at(3.5).add({ kind: 'implementation.exited', ...end });
    const meaning = [{ ...busy('capability-age'), says: 'unavailable' as const }];
    answer(told.at(4), request, { outcome: 'unavailable', meaning });
    told.at(5).add({ kind: 'implementation.ready', instance: 2 });
    expect(passedOver(bySms(bySms(told, 40, 'm1'), 80, 'm2'))).toEqual(['m2']);
  });
});

describe('what was decided for a channel that was then away', () => {
  const CENTRE = 'carrier/northtel/sms';
  /** The gateway is believed broken until 61 s; it is not. */
  const rested = (): Story =>
    story(NO_LINKS)
      .at(1)
      .accepted('m0', 'low')
      .dispatch('m0', 'rcs-e2ee', { wire: 'rbm:0', outcome: 'answer-lost' });
  const leaves = (told: Story, seconds: number, message = 'm1'): Story =>
    told.at(seconds).dispatch(message, 'sms', { wire: `smpp:${message}` });
  const refused = (told: Story): Story => {
    const request = told.add({
      kind: 'door.request',
      component: CENTRE,
      operation: 'connect',
      what: 'connect',
    });
    told.add({
      kind: 'door.answered',
      request,
      outcome: 'refused-connection',
      status: 'connection refused',
      handedAt: told.now,
      meaning: [
        { channels: ['sms'], scope: { component: CENTRE }, says: 'busy', holds: 60 * SECOND },
      ],
    });
    return told;
  };

  it('may wait there until it is back', () => {
    const told = rested().at(55).component(CENTRE, 'down').at(58).accepted('m1', 'low');
    expect(passedOver(leaves(told.at(80).component(CENTRE, 'up'), 81))).toEqual([]);
  });

  it('may wait until the connector knows that it is back', () => {
    const told = refused(rested().at(55).component(CENTRE, 'down')).at(58).accepted('m1', 'low');
    expect(passedOver(leaves(told.at(75).component(CENTRE, 'up'), 81))).toEqual([]);
  });

  it('may have been handed over just before it went away', () => {
    const told = rested().at(60.5).accepted('m1', 'low').at(61.5).component(CENTRE, 'down');
    expect(passedOver(leaves(told.at(80).component(CENTRE, 'up'), 81))).toEqual([]);
  });

  it('is needless where the better channel had been back when the message came', () => {
    const told = rested().at(55).component(CENTRE, 'down').at(62).accepted('m1', 'low');
    expect(passedOver(leaves(told.at(80).component(CENTRE, 'up'), 81))).toEqual(['m1']);
  });

  it('is needless where nothing had kept it waiting', () => {
    expect(passedOver(leaves(rested().at(58).accepted('m1', 'low'), 81))).toEqual(['m1']);
  });

  it('is needless where it had been back for long', () => {
    const told = rested().at(55).component(CENTRE, 'down').at(58).accepted('m1', 'low');
    expect(passedOver(leaves(told.at(70).component(CENTRE, 'up'), 81))).toEqual(['m1']);
  });

  it('is needless where nothing ever spoke against the better one', () => {
    const told = story(NO_LINKS).at(1).component(CENTRE, 'down').at(2).accepted('m1', 'low');
    expect(passedOver(leaves(told.at(20).component(CENTRE, 'up'), 21))).toEqual(['m1']);
  });
});

describe('a request that the door refused as wrong', () => {
  const wrong = (told: Story): Story => {
    const request = told.add({
      kind: 'door.request',
      component: 'gateway/rbm',
      operation: 'send',
      wire: 'rbm:too-long',
      message: 'm1',
      person: 'ana',
      what: 'send',
    });
    const said = { outcome: 'rejected', status: '400 INVALID_ARGUMENT' } as const;
    told.add({ kind: 'door.answered', request, ...said, handedAt: told.now });
    return told;
  };
  const sentence = (told: Story): string =>
    told.dispatch('m1', 'sms', { wire: 'smpp:1' }).end(300).found(RULE)[0] ?? '';

  it('is no reason to pass the channel over, and is named', () => {
    expect(sentence(wrong(story(NO_LINKS).at(1).accepted('m1', 'low')))).toMatch(
      /was available: gateway\/rbm was tried once and refused the request as wrong \(400 INV/,
    );
  });

  it('is counted', () => {
    expect(sentence(wrong(wrong(story(NO_LINKS).at(1).accepted('m1', 'low'))))).toContain(
      'was tried 2 times and refused',
    );
  });
});
