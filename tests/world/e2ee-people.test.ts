import { describe, expect, test } from 'vitest';
import { sendEncrypted } from '../../simulators/device/conversation.ts';
import { devicePlan, personPlan } from '../device/stage.ts';
import { carrier, cellOf, people, worldStage } from './stage.ts';

const ledger = { fault: 'f', hits: () => true, touched: () => {} };

async function begun() {
  const stage = await worldStage();
  const { world } = stage;
  let count = 0;
  const say = (from: string, to: string): string => {
    const id = `chat-${++count}`;
    world.send(from, to, { id, text: stage.plan(id, to) });
    return id;
  };
  const act = (target: string, verb: string, params = {}) =>
    world.targets.get(target)!.verbs[verb]!({ params, ledger });
  const shownTo = (person: string): (string | undefined)[] =>
    stage
      .of('device.displayed')
      .filter((event) => event.person === person && event.device.endsWith('/1'))
      .map(({ message }) => message);
  const groups = (): Set<string> => new Set(stage.of('mls.encrypted').map(({ group }) => group));
  return { ...stage, say, act, shownTo, groups };
}

describe('an encrypted conversation between people', () => {
  test('is one group for both directions, its leaves of number and device', async () => {
    const { say, run, groups, world, of } = await begun();
    say('ana', 'ben');
    await run(5);
    say('ben', 'ana');
    await run();
    expect(groups().size).toBe(1);
    const [member] = world.people.phone('person/ben/device/1')!.keys.groups.values();
    expect(member!.members().map(({ identity }) => identity)).toEqual([
      'tel:+999100000001/1',
      'tel:+999100000002/1',
      'tel:+999100000001/2',
    ]);
    expect(of('mls.claimed').every(({ lastResort }) => !lastResort)).toBe(true);
  });

  test('survives two Commits of one epoch: one passes, the other is made anew', async () => {
    const { say, act, run, of, groups, shownTo, clock, errors } = await begun();
    say('ana', 'ben');
    await run(5);
    act('person/ana/device/1', 'rotate');
    act('person/ben/device/1', 'rotate');
    const later = [say('ana', 'ben'), say('ben', 'ana')];
    await run();
    expect(of('mls.conflict').length).toBeGreaterThan(0);
    expect(groups().size).toBe(1);
    expect(shownTo('ben')).toContain(later[0]);
    expect(shownTo('ana')).toContain(later[1]);
    const last = of('mls.advanced').at(-1)!;
    expect(last.epoch).toBeGreaterThan(2);
    expect(clock.pending).toBe(0);
    expect(errors).toEqual([]);
  });

  test('goes on in a new era after a phone was in an epoch of its own', async () => {
    const { say, act, run, of, groups, shownTo } = await begun();
    say('ana', 'ben');
    await run(5);
    act('person/ana/device/1', 'epoch-fork');
    const after = say('ana', 'ben');
    await run();
    expect(of('mls.conflict').map(({ reason }) => reason)).toContain('incorrect-epoch');
    expect(groups().size).toBe(2);
    expect(shownTo('ben')).toContain(after);
  });

  test('drops a phone whose attestation fails, and never adds a thief’s', async () => {
    const { say, act, run, of, shownTo } = await begun();
    say('ben', 'ana');
    await run(5);
    const lift = act('person/ana/device/2', 'attestation-fail');
    act('person/ana', 'token-theft');
    act('person/ana', 'sim-swap');
    const secret = say('ben', 'ana');
    await run(10);
    expect(shownTo('ana')).toContain(secret);
    const readers = of('mls.decrypted').filter(({ message }) => message === secret);
    expect(readers.map(({ device }) => device)).toEqual(['person/ana/device/1']);
    lift();
    const again = say('ben', 'ana');
    await run();
    const back = of('mls.decrypted').filter(({ message }) => message === again);
    expect(back.map(({ device }) => device).toSorted()).toEqual([
      'person/ana/device/1',
      'person/ana/device/2',
    ]);
  });

  test('ends encryption for everybody when one phone can no longer', async () => {
    const { say, act, run, of, shownTo } = await begun();
    say('ana', 'ben');
    await run(5);
    const lift = act('person/ben/device/1', 'os-downgrade');
    await run(5);
    expect(new Set(of('mls.ended').map(({ device }) => device)).size).toBe(3);
    const open = say('ana', 'ben');
    lift();
    const still = say('ana', 'ben');
    await run();
    expect(shownTo('ben')).toEqual(['chat-1', open, still]);
    const padlocks = of('device.displayed').filter(({ person }) => person === 'ben');
    expect(padlocks.map(({ padlock }) => padlock)).toEqual([true, false, false]);
  });

  test('a copied state opens nothing of before, nor after a renewal', async () => {
    const { say, act, run, of } = await begun();
    for (let n = 0; n < 3; n++) say('ana', 'ben');
    await run(5);
    act('person/ben/device/1', 'state-theft');
    await run(1);
    const tried = of('mls.refused').filter(
      ({ thief, before }) => thief === true && before === true,
    );
    expect(tried.map(({ reason }) => reason)).toEqual(['replayed', 'replayed', 'replayed']);
    const copied = say('ana', 'ben');
    await run(5);
    const read = () => of('mls.decrypted').filter(({ thief }) => thief === true);
    expect(read().map(({ message }) => message)).toEqual([copied]);
    act('person/ben/device/1', 'rotate');
    await run(5);
    say('ana', 'ben');
    await run();
    expect(read()).toHaveLength(1);
  });

  test('may have many people: one group of all their devices', async () => {
    const cara = { ...personPlan('cara', [devicePlan('1')]), msisdn: '+999100000003' };
    const cell = cellOf({
      carriers: [carrier('northtel'), carrier('southcell')],
      people: [...people(), cara],
    });
    const stage = await worldStage(cell);
    const owner = (id: string) => stage.world.people.byId(id)!;
    const text = stage.plan('chat-1', 'ben');
    const [phone] = owner('ana').handsets;
    sendEncrypted(phone!, [owner('ben'), owner('cara')], { id: 'chat-1', text });
    await stage.run(10);
    const [answer] = owner('cara').handsets;
    sendEncrypted(answer!, [owner('ana'), owner('ben')], { id: 'chat-2', text: 'and now?' });
    await stage.run();
    const opened = stage.of('mls.decrypted').map(({ device }) => device);
    expect(opened.toSorted()).toEqual([
      'person/ana/device/1',
      'person/ana/device/2',
      'person/ana/device/2',
      'person/ben/device/1',
      'person/ben/device/1',
      'person/cara/device/1',
    ]);
    expect(new Set(stage.of('mls.encrypted').map(({ group }) => group)).size).toBe(1);
    expect(stage.errors).toEqual([]);
  });

  test('is forgotten by a phone that is wiped, which begins again when it writes', async () => {
    const { say, act, run, of, groups, shownTo, world } = await begun();
    say('ben', 'ana');
    await run(5);
    act('person/ben/device/1', 'key-loss');
    const phone = world.people.phone('person/ben/device/1')!;
    expect([...phone.state.conversations!.values()].map(({ member }) => member)).toEqual([
      undefined,
    ]);
    await run(15);
    const after = say('ben', 'ana');
    await run();
    expect(shownTo('ana')).toContain(after);
    // It did not know the era: the focus told it.
    expect(of('mls.conflict').map(({ reason }) => reason)).toEqual(['incorrect-era']);
    expect(groups().size).toBe(2);
  });

  test('goes through the new carrier while a number is ported, and back afterwards', async () => {
    const { say, act, run, of, shownTo } = await begun();
    const before = say('ben', 'ana');
    await run(5);
    const lift = act('person/ana', 'number-ported');
    const meanwhile = say('ben', 'ana');
    await run(5);
    lift();
    const after = say('ben', 'ana');
    await run();
    expect(shownTo('ana')).toEqual([before, meanwhile, after]);
    const cores = (message: string): Set<string> =>
      new Set(of('carried').flatMap((hop) => (hop.message === message ? [hop.to] : [])));
    expect(cores(before)).toContain('carrier/northtel/rcs');
    expect(cores(meanwhile)).toEqual(new Set(['carrier/southcell/rcs']));
    expect(cores(after)).toContain('carrier/northtel/rcs');
  });

  test('is the same, byte for byte, for the same seed', async () => {
    const story = async (): Promise<string> => {
      const { say, act, run, lines } = await begun();
      say('ana', 'ben');
      await run(3);
      act('person/ana/device/1', 'rotate');
      act('person/ben', 'sim-swap');
      act('person/ben/device/1', 'state-theft');
      say('ben', 'ana');
      await run();
      return lines();
    };
    expect(await story()).toBe(await story());
  });
});
