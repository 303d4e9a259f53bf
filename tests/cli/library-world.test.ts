/** `createWorld` of the package, by nothing but its public entry. */
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createWorld } from 'bellwether';
import type { HistoryEvent, World } from 'bellwether';
import { describe, expect, it, onTestFinished } from 'vitest';
import { blocksOf, projectFolder, readPage } from '../docs/pages.ts';
import { temporaryFolder } from '../implementation/stage.ts';

const SCENARIO = `
bellwether: 1
scenario: two-who-talk
summary: What a library call makes a world of.
duration: 10s
world:
  carriers: { northtel: {} }
  gateways: [twilio]
  people:
    ana: { device: android-16, carrier: northtel }
traffic:
  alerts: { to: ana, every: 1s, during: 0s..5s, message: { kind: chat, sensitivity: low } }
faults:
  down: { outage: gateway/twilio, during: 1s..2s }
`;

async function opened(options?: Parameters<typeof createWorld>[0]): Promise<World> {
  const world = await createWorld({ workingDirectory: projectFolder, ...options });
  onTestFinished(() => world.stop());
  return world;
}

const idsOf = ({ people }: World): string[] => people.map(({ id }) => id);

async function text(world: World, ask: typeof fetch = fetch): Promise<number> {
  const told = (name: string): string => world.environment[`gateway.twilio.${name}`]!;
  const account = told('accountSid');
  const path = `/2010-04-01/Accounts/${account}/Messages.json`;
  const response = await ask(told('url') + path, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${account}:${told('authToken')}`)}` },
    body: new URLSearchParams({
      To: world.person('ana').msisdn,
      From: told('phoneNumber'),
      Body: 'Your parcel',
    }),
  });
  return response.status;
}

describe('createWorld of the package', () => {
  it('takes a scenario as file, text or object, or a world, or nothing', async () => {
    expect(idsOf(await opened())).toEqual(['ana', 'ben']);
    expect(idsOf(await opened({ scenario: 'scenarios/gate/push-trickle.yaml' }))).not.toEqual([]);
    expect(idsOf(await opened({ scenario: SCENARIO }))).toEqual(['ana']);
    const people = { cleo: { device: 'ios-26.5', carrier: 'c' } };
    const described = { carriers: { c: {} }, people };
    expect(idsOf(await opened({ world: described }))).toEqual(['cleo']);
    const scenario = {
      bellwether: 1,
      scenario: 's',
      summary: 'Only a world.',
      duration: '5s',
      traffic: {},
    };
    expect(idsOf(await opened({ scenario: { ...scenario, world: described } }))).toEqual(['cleo']);
  });

  it('plays in virtual time, where nothing of the scenario but its world happens', async () => {
    const world = await opened({ scenario: SCENARIO });
    await world.settle();
    expect(world.history.some(({ kind }) => kind === 'message.intended')).toBe(false);
    expect(await text(world, (input, init) => world.fetch(input as string, init))).toBe(201);
    await world.settle();
    expect(world.person('ana').inbox).toMatchObject([{ text: 'Your parcel' }]);
  });

  it('plays in real time on sockets, which are closed when it stops', async () => {
    const world = await opened({ scenario: SCENARIO, clock: 'wall' });
    expect(await text(world)).toBe(201);
    expect(await world.until(() => world.person('ana').inbox.length > 0)).toBe(true);
    await world.stop();
    await expect(text(world)).rejects.toThrow('fetch failed');
  });

  it('is the same world by the same seed, whatever the scenario’s own', async () => {
    const told = async (seed?: number): Promise<HistoryEvent[]> => {
      const date = new Date('2026-02-03T04:05:06Z');
      const world = await opened({ scenario: SCENARIO, date, ...(seed && { seed }) });
      await text(world, (input, init) => world.fetch(input as string, init));
      await world.settle();
      return [...world.history];
    };
    expect(await told(7)).toEqual(await told(7));
    expect(await told(7)).not.toEqual(await told(8));
  });

  it('takes a policy for any of them', async () => {
    const asked = { scenario: SCENARIO, policy: 'no-such' };
    await expect(createWorld(asked)).rejects.toThrow('there is no policy called no-such');
    await opened({ scenario: SCENARIO, policy: 'gate' });
  });

  it('lets a fault act for as long as it is wanted, past the scenario’s own duration', async () => {
    const world = await opened({ scenario: SCENARIO });
    const ask: typeof fetch = (input, init) => world.fetch(input as string, init);
    await world.advance(20_000);
    const over = await world.disturb({ outage: 'gateway/twilio', mode: 'error' });
    await world.advance(60_000);
    expect(await text(world, ask)).toBe(503);
    over();
    expect(await text(world, ask)).toBe(201);
  });
});

describe('what it cannot make a world of, it says', () => {
  it.each<[what: string, options: object, code: string, says: RegExp]>([
    ['the world’s parts', { cell: {}, people: [] }, 'WORLD_OPTION', /no option “cell”/],
    ['a word misspelt', { clocks: 'wall' }, 'WORLD_OPTION', /no option “clocks”/],
    ['a value of another kind', { seed: '7' }, 'WORLD_OPTION', /seed cannot be “7”/],
    ['a word that is none', { clock: 'real' }, 'WORLD_OPTION', /clock cannot be “real”/],
    ['a list', [] as object, 'WORLD_OPTION', /an object of options, not from a list/],
    ['two worlds', { scenario: 'a.yaml', world: {} }, 'WORLD_OPTION', /either scenario or world/],
    ['no such file', { scenario: 'no/such.yaml' }, 'SCENARIO_UNREADABLE', /no\/such\.yaml/],
    ['half a scenario', { scenario: {} }, 'SCENARIO_MISSING', /bellwether is missing/],
  ])('%s', async (_what, options, code, says) => {
    await expect(createWorld(options)).rejects.toThrow(
      expect.objectContaining({ code, blame: 'author', message: expect.stringMatching(says) }),
    );
  });

  it('names the nearest option', async () => {
    const asked = createWorld({ scenaro: 'a.yaml' } as object);
    await expect(asked).rejects.toMatchObject({ problems: [{ hint: 'Did you mean “scenario”?' }] });
  });
});

it('the example of docs/reports.md runs as it stands', { timeout: 60_000 }, async () => {
  const blocks = blocksOf(readPage('docs/reports.md'));
  const example = blocks.find(({ text: code }) => code.includes('createWorld'))!;
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(projectFolder, join(folder, 'node_modules/bellwether'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const file = join(folder, 'example.ts');
  writeFileSync(file, example.text);
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: projectFolder });
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n503\n$/);
});
