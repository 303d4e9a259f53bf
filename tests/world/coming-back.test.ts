import { describe, expect, test } from 'vitest';
import type { DevicePlan } from '../../simulators/kernel/plan.ts';
import { devicePlan, iphone, personPlan } from '../device/stage.ts';
import { carrier, cellOf, people, worldStage } from './stage.ts';

const ledger = { fault: 'f', hits: () => true, touched: () => {} };
const COMES = { rejoins: 'commit' } as const satisfies Partial<DevicePlan>;

async function begun() {
  const ana = personPlan('ana', [devicePlan('1', COMES), devicePlan('2', COMES)]);
  const ben = personPlan('ben', [iphone('1', COMES)]);
  const [one, two] = people();
  const stage = await worldStage(
    cellOf({
      carriers: [carrier('northtel'), carrier('southcell')],
      people: [
        { ...one!, devices: ana.devices },
        { ...two!, devices: ben.devices },
      ],
    }),
  );
  const { world } = stage;
  let count = 0;
  const say = (from: string, to: string): string => {
    const id = `chat-${++count}`;
    world.send(from, to, { id, text: stage.plan(id, to) });
    return id;
  };
  const act = (target: string, verb: string, params = {}) =>
    world.targets.get(target)!.verbs[verb]!({ params, ledger });
  const readBy = (device: string): (string | undefined)[] =>
    stage
      .of('mls.decrypted')
      .filter((event) => event.device === device)
      .map(({ message }) => message);
  const backByCommit = (): string[] =>
    stage
      .of('mls.joined')
      .filter(({ byCommit }) => byCommit === true)
      .map(({ device }) => device);
  return { ...stage, say, act, readBy, backByCommit };
}

const BEN = 'person/ben/device/1';
const SECOND_OF_ANA = 'person/ana/device/2';

describe('a phone that comes back by a Commit of its own', () => {
  test('is in again after a loss of keys before anybody writes, its old leaf gone', async () => {
    const { say, act, run, backByCommit, readBy, world, of, clock, errors } = await begun();
    say('ana', 'ben');
    await run(5);
    act(BEN, 'key-loss');
    await run(20);
    expect(backByCommit()).toEqual([BEN]);
    const [member] = world.people.phone('person/ana/device/1')!.keys.groups.values();
    const leaves = member!.members().map(({ identity }) => identity);
    expect(leaves.filter((identity) => identity === 'tel:+999100000002/1')).toHaveLength(1);
    expect(of('mls.advanced').filter(({ admitted }) => admitted === BEN)).toHaveLength(2);
    const welcomes = of('mls.welcomed').length;
    const later = say('ana', 'ben');
    await run();
    expect(readBy(BEN)).toContain(later);
    expect(of('mls.welcomed')).toHaveLength(welcomes);
    expect(clock.pending).toBe(0);
    expect(errors).toEqual([]);
  });

  test('gets what was written meanwhile, once it is back', async () => {
    const { say, act, run, readBy, backByCommit } = await begun();
    say('ana', 'ben');
    await run(5);
    act(BEN, 'key-loss');
    const missed = say('ana', 'ben');
    await run();
    expect(backByCommit()).toEqual([BEN]);
    expect(readBy(BEN)).toContain(missed);
  });

  test.each(['epoch-fork', 'commit-lost', 'welcome-lost'])(
    'does so after %s, and reads what it reported',
    async (fault) => {
      const { say, act, run, readBy, backByCommit, of } = await begun();
      if (fault !== 'welcome-lost') {
        say('ana', 'ben');
        await run(5);
      }
      const lift = act(SECOND_OF_ANA, fault);
      if (fault !== 'welcome-lost') act(BEN, 'rotate');
      await run(5);
      const said = say('ben', 'ana');
      await run(5);
      lift();
      const last = say('ben', 'ana');
      await run();
      expect(backByCommit()).toContain(SECOND_OF_ANA);
      expect(readBy(SECOND_OF_ANA)).toEqual(expect.arrayContaining([said, last]));
      expect(new Set(of('mls.encrypted').map(({ group }) => group)).size).toBe(1);
    },
  );

  test('waits to be welcomed where the focus has no GroupInfo', async () => {
    const { say, act, run, backByCommit, readBy, world } = await begun();
    say('ana', 'ben');
    await run(5);
    const phone = world.people.phone(BEN)!;
    const { lines } = phone.context;
    lines.focus.groupInfo = () => undefined;
    act(BEN, 'key-loss');
    await run(15);
    const later = say('ana', 'ben');
    await run();
    expect(backByCommit()).toEqual([]);
    expect(readBy(BEN)).toContain(later);
  });

  test('finds its way through GroupInfos that are damaged: it is welcomed instead', async () => {
    const { say, act, run, backByCommit, readBy, world, errors } = await begun();
    say('ana', 'ben');
    await run(5);
    const { focus } = world.people.phone(BEN)!.context.lines;
    const { groupInfo } = focus;
    focus.groupInfo = (...asked) => {
      const found = groupInfo(...asked);
      return found && { ...found, groupInfo: found.groupInfo.subarray(0, 200) };
    };
    act(BEN, 'key-loss');
    await run(15);
    const later = say('ana', 'ben');
    await run();
    expect(backByCommit()).toEqual([]);
    expect(readBy(BEN)).toContain(later);
    expect(errors).toEqual([]);
  });
});

describe('a device that is shut out', () => {
  test('is refused by the focus when it was removed, and tries a few times only', async () => {
    const { say, act, run, of, backByCommit, readBy, clock } = await begun();
    say('ben', 'ana');
    await run(5);
    act(SECOND_OF_ANA, 'revoke');
    const secrets: string[] = [];
    for (let n = 0; n < 30; n++) {
      secrets.push(say('ben', 'ana'));
      await run(2);
    }
    await run();
    const refused = of('mls.conflict').filter(({ device }) => device === SECOND_OF_ANA);
    expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['invalid-commit']));
    expect(refused).toHaveLength(4);
    expect(backByCommit()).toEqual([]);
    expect(readBy(SECOND_OF_ANA).filter((id) => secrets.includes(id!))).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('is followed by no phone where the focus lets it in; they begin a new era', async () => {
    const { say, act, run, of, readBy, world } = await begun();
    say('ben', 'ana');
    await run(5);
    const { focus } = world.people.phone(BEN)!.context.lines;
    const { submit } = focus;
    // A focus that asks nobody: it takes such a Commit as one of a member.
    focus.submit = (message) => {
      const answer = submit(message);
      const blind = answer.kind === 'refused' && answer.reason === 'invalid-commit';
      return blind ? { kind: 'accepted' } : answer;
    };
    act('person/ben', 'sim-swap');
    await run(3);
    const said = [say('ben', 'ana'), say('ana', 'ben')];
    await run();
    const guest = 'person/ben/device/swapped-sim-1';
    expect(of('mls.joined').filter(({ byCommit }) => byCommit)).toMatchObject([{ device: guest }]);
    expect(of('mls.rejected').map(({ rejected }) => rejected)).toEqual([guest, guest, guest]);
    expect(of('mls.advanced').filter(({ admitted }) => admitted !== undefined)).toEqual([]);
    expect(readBy('person/ana/device/1')).toContain(said[0]);
    expect(readBy(BEN)).toContain(said[1]);
    expect(readBy(guest)).toEqual([]);
  });
});
