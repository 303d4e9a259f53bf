import { describe, expect, test } from 'vitest';
import { createStreamPair } from '../../simulators/network/memory-stream.ts';
import { createSmppSession } from '../../simulators/protocol/smpp/session.ts';
import { ANA, SECOND, story } from './sms-story.ts';
import { CANARY } from './sms-world.ts';

const submit = { ...ANA, shortMessage: Buffer.from(`Hello ${CANARY}`) };

/** A peer that connects and answers only what it is told to. */
function silentPeer(at: ReturnType<typeof story>, answers: readonly string[] = []) {
  const [near, far] = createStreamPair(at.time, 50);
  at.northtel.door.connected(far);
  const heard: string[] = [];
  const session = createSmppSession({
    stream: near,
    onRequest: (pdu) => {
      heard.push(pdu.command);
      if (answers.includes(pdu.command)) session.respond(pdu, 0);
    },
    onClosed: () => void heard.push('closed'),
  });
  const bind = () =>
    session.request(
      'bind_transceiver',
      {
        ...at.northtel.credentials,
        systemType: '',
        interfaceVersion: 0x34,
        addrTon: 0,
        addrNpi: 0,
        addressRange: '',
      },
      [],
      () => {},
    );
  return { heard, session, bind };
}

describe('the window', () => {
  test('refuses what goes beyond it, and counts only what has no answer yet', async () => {
    const at = story({ smpp: { window: 2 } });
    const client = await at.bound();
    at.fault('latency', { delay: 5 * SECOND });
    const first = [1, 2, 3].map(() => client.submit(submit));
    await at.pass(1);
    expect(await first[2]).toMatchObject({ name: 'ESME_RTHROTTLED' });
    await at.pass(6);
    expect(await first[0]).toMatchObject({ kind: 'accepted' });
    const later = client.submit(submit);
    await at.pass(6);
    expect(await later).toMatchObject({ kind: 'accepted' });
  });
});

describe('the timers', () => {
  test('session_init: a connection without a bind is ended', async () => {
    const at = story({ smpp: { sessionInitMicros: 10 * SECOND } });
    const { heard } = silentPeer(at);
    const bound = silentPeer(at);
    bound.bind();
    await at.pass(9);
    expect(heard).toEqual([]);
    await at.pass(2);
    expect(heard).toEqual(['closed']);
    expect(bound.heard).toEqual([]);
    expect(at.of('door.request').at(-1)).toMatchObject({ what: 'session_init_timer' });
    expect(at.of('door.answered').at(-1)).toMatchObject({ outcome: 'reset' });
  });

  test('inactivity: the centre unbinds, whether it is answered or not', async () => {
    const at = story({ smpp: { inactivityMicros: 60 * SECOND } });
    const polite = silentPeer(at, ['unbind']);
    const rude = silentPeer(at);
    for (const { bind } of [polite, rude]) bind();
    await at.pass(59);
    polite.session.request('enquire_link', {}, [], () => {});
    await at.pass(3);
    expect([polite.heard, rude.heard]).toEqual([[], ['unbind']]);
    await at.pass(10);
    expect(rude.heard).toEqual(['unbind', 'closed']);
    await at.pass(60);
    expect(polite.heard).toEqual(['unbind', 'closed']);
  });

  test('enquire_link: who answers stays, who does not is cut off', async () => {
    const at = story({ smpp: { enquireLinkMicros: 30 * SECOND } });
    const alive = silentPeer(at, ['enquire_link']);
    const dead = silentPeer(at);
    for (const { bind } of [alive, dead]) bind();
    await at.pass(100);
    expect(alive.heard).toEqual(['enquire_link', 'enquire_link', 'enquire_link']);
    expect(dead.heard).toEqual(['enquire_link', 'closed']);
    expect(at.of('door.request').at(-1)).toMatchObject({ what: 'enquire_link was not answered' });
    // Neither keeps the world from coming to rest.
    expect(at.northtel.unfinished()).toEqual([]);
  });
});

describe('refusals that want different patience', () => {
  const person = { person: 'ana' };
  const component = { component: 'carrier/northtel/sms' };
  test.each([
    ['ESME_RTHROTTLED', 'throttled', { scope: component, says: 'busy', holds: SECOND }],
    ['ESME_RMSGQFUL', 'throttled', { scope: component, says: 'busy', holds: SECOND }],
    ['ESME_RSYSERR', 'failed', { scope: component, says: 'busy', holds: 60 * SECOND }],
    ['ESME_RX_T_APPN', 'failed', { scope: person, says: 'busy', holds: 10 * SECOND }],
    ['ESME_RSUBMITFAIL', 'failed', { scope: person, says: 'unavailable', holds: 'message' }],
    ['ESME_RX_P_APPN', 'rejected', { scope: person, says: 'unavailable', holds: 'message' }],
    ['ESME_RX_R_APPN', 'rejected', { scope: person, says: 'unavailable', holds: 'message' }],
    ['ESME_RINVDSTADR', 'rejected', { scope: person, says: 'unavailable', holds: 'message' }],
  ] as const)('%s is %s', async (status, outcome, meaning) => {
    const at = story();
    const client = await at.bound();
    const { did, lift } = at.fault('refuse', { with: status });
    const sent = client.submit(submit);
    await at.pass(1);
    expect(await sent).toMatchObject({ kind: 'refused', name: status });
    const answer = at.of('door.answered').at(-1);
    expect(answer).toMatchObject({ outcome, status, meaning: [meaning] });
    expect(did).toEqual([`refused it with ${status}`]);
    expect(at.of('component.changed').at(-1)).toMatchObject({ state: 'degraded' });
    lift();
    const again = client.submit(submit);
    await at.pass(1);
    expect(await again).toMatchObject({ kind: 'accepted' });
  });
});
