import { describe, expect, it } from 'vitest';
import { devicePlan } from '../device/stage.ts';
import { rbmStage } from './rbm-stage.ts';
import { virtualStage } from './vendor-stage.ts';

const SECOND = 1_000_000;
const LIFE = { life: 20 * SECOND };
const FORM = 'grant_type=client_credentials';

describe('short-lived tokens of RBM', () => {
  it('end when they say, and the history tells both', async () => {
    const world = await rbmStage([devicePlan('1')]);
    const lift = world.arm(world.gateway.target, 'short-lived-tokens', { ...LIFE, says: 'so' });
    expect((await world.authorize()).json).toMatchObject({ expires_in: 20 });
    expect(world.of('door.answered').at(-1)).toMatchObject({ tokenLifeMicros: 20 * SECOND });
    expect((await world.send('m-1', 'x')).status).toBe(200);
    await world.run(21);
    expect((await world.send('m-2', 'x')).status).toBe(401);
    expect(world.of('door.answered').at(-1)).toMatchObject({ tokenExpired: true });
    expect(lift.touched).toEqual(['gave out a token that lives 20 s and says 20 s']);
    lift();
    expect((await world.authorize()).json).toMatchObject({ expires_in: 3_600 });
    await world.run(60);
    expect((await world.send('m-3', 'x')).status).toBe(200);
  });

  it('may end long before they say', async () => {
    const world = await rbmStage([devicePlan('1')]);
    world.arm(world.gateway.target, 'short-lived-tokens', { ...LIFE, says: 'an-hour' });
    expect((await world.authorize()).json).toMatchObject({ expires_in: 3_600 });
    await world.run(21);
    expect((await world.send('m-1', 'x')).status).toBe(401);
  });

  it('are not called expired when nobody ever gave them out', async () => {
    const world = await rbmStage([devicePlan('1')]);
    world.state.token = 'made up';
    expect((await world.send('m-1', 'x')).status).toBe(401);
    expect(world.of('door.answered').at(-1)).not.toHaveProperty('tokenExpired');
  });
});

describe('short-lived tokens of Sinch', () => {
  const given = async (says: string) => {
    const stage = await virtualStage('sinch');
    stage.fault('gateway/sinch', 'short-lived-tokens', { ...LIFE, says });
    const key = `${stage.value('keyId')}:${stage.value('keySecret')}`;
    const authorization = `Basic ${Buffer.from(key).toString('base64')}`;
    const { json } = await stage.call('POST', '/oauth2/token', FORM, { authorization });
    const bearer = { authorization: `Bearer ${String(json['access_token'])}` };
    const list = () => {
      const path = `/v1/projects/${stage.value('projectId')}/messages`;
      return stage.call('GET', path, undefined, bearer);
    };
    return { stage, json, list };
  };

  it.each([
    ['so', 20],
    ['an-hour', 3_600],
  ])('say %s and live 20 s', async (says, told) => {
    const { stage, json, list } = await given(says);
    expect(json).toMatchObject({ expires_in: told });
    expect((await list()).status).toBe(200);
    await stage.run(21);
    const late = await list();
    expect(late.status).toBe(401);
    expect(late.headers.get('www-authenticate')).toContain('expired');
    expect(stage.of('door.answered').at(-1)).toMatchObject({ tokenExpired: true });
  });
});
