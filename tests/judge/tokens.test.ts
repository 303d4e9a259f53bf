import { describe, expect, it } from 'vitest';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';
import { SECOND } from './world-plan.ts';

const DOOR = 'gateway/rbm';

/** A token of so many seconds is asked for and given. */
function token(told: Story, lifeSeconds = 3_600): Story {
  const asked = { component: DOOR, operation: 'token', what: 'POST /token' } as const;
  const request = told.add({ kind: 'door.request', ...asked });
  const tokenLifeMicros = lifeSeconds * SECOND;
  const given = { outcome: 'accepted', status: '200 OK', handedAt: told.now } as const;
  told.add({ kind: 'door.answered', request, ...given, tokenLifeMicros });
  return told;
}

function ask(told: Story, expired: boolean): Story {
  const asked = { component: DOOR, operation: 'capability', what: 'GET capabilities' } as const;
  const request = told.add({ kind: 'door.request', ...asked });
  const handedAt = told.now;
  told.add(
    expired
      ? {
          kind: 'door.answered',
          request,
          outcome: 'unauthorized',
          status: '401 UNAUTHENTICATED',
          tokenExpired: true,
          handedAt,
        }
      : { kind: 'door.answered', request, outcome: 'accepted', status: '200 OK', handedAt },
  );
  return told;
}

describe('api/token-stale', () => {
  const rule = 'api/token-stale';
  const expired = (): Story => ask(token(story().at(1)).at(30), true);

  it('finds a token that is used on after its first refusal', () => {
    const told = ask(ask(expired().at(31), true).at(32), true).end(100);
    expect(told.rule(rule)).toMatchObject({ judged: 1, findings: [{ level: 'must' }] });
    expect(told.found(rule)[0]).toContain('2 more requests');
  });

  it('leaves alone who asks for another, each time', () => {
    const told = ask(ask(token(expired()).at(31), false).at(60), true);
    expect(ask(token(told).at(61), false).end(100).rule(rule)).toMatchObject({
      judged: 2,
      findings: [],
    });
  });

  it('forgives what was on its way, and a process that is a new one', () => {
    const close = ask(ask(expired().at(30.05), true).at(30.09), true);
    expect(close.end(100).found(rule)).toEqual([]);
    const killed = expired().at(31);
    killed.add({ kind: 'implementation.started', instance: 2 });
    expect(ask(killed.at(32), true).end(100).found(rule)).toEqual([]);
  });

  it('has nothing to say where no token was refused', () => {
    expect(
      ask(token(story().at(1)), false)
        .end(100)
        .rule(rule).judged,
    ).toBe(0);
  });
});

describe('api/token-abuse', () => {
  const rule = 'api/token-abuse';
  const renewing = (everySeconds: number, lifeSeconds: number): Story => {
    const told = story();
    for (let index = 0; index < 20; index++) {
      told.at(1 + index * everySeconds);
      token(told, lifeSeconds);
      told.accepted(`m${index}`, 'low').dispatch(`m${index}`, 'rcs', { wire: `rbm:${index}` });
    }
    return told.end(500);
  };

  it('lets a token of seconds be renewed as often as it ends', () => {
    expect(renewing(18, 20).rule(rule)).toMatchObject({ judged: 20, findings: [] });
  });

  it('finds one that is renewed while it is good', () => {
    expect(renewing(2, 20).found(rule)).toHaveLength(1);
    expect(renewing(18, 3_600).found(rule)).toHaveLength(1);
  });
});
