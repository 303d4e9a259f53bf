import { describe, expect, test } from 'vitest';
import type { LinkEdge } from '../../simulators/device/edges.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import type { WireResponse } from '../../simulators/network/wire.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import type { Service } from './stage.ts';
import { devicePlan, stage } from './stage.ts';

const LINK: LinkEdge = {
  hosts: ['notify.acme.example'],
  signIn: { fields: { code: '{{recipient.signInCode}}' } },
};
const URL_TEXT = 'https://notify.acme.example/l/abc123';

const html = (body: string, status = 200, headers: Record<string, string> = {}): WireResponse => ({
  status,
  headers: { 'content-type': 'text/html', 'cache-control': 'no-store', ...headers },
  body: `<html><head><title>A message</title></head><body>${body}</body></html>`,
});
const FORM = `<form method="post" action="/l/abc123?step=2">
  <input type="hidden" name="csrf" value="t&amp;1"><input name="code"><button>Open</button></form>`;

/** A correct page: form → POST → cookie and redirect → content. */
function correct(code: () => string, content: () => string): Service {
  return ({ method, path, headers, body }) => {
    if (method === 'POST') {
      const form = new URLSearchParams(Buffer.from(body).toString());
      if (form.get('csrf') !== 't&1' || form.get('code') !== code()) return html(FORM, 403);
      const location = 'http://implementation.test/content';
      return html('', 303, { location, 'set-cookie': 'session=s1; HttpOnly, other=2' });
    }
    if (path !== '/content') return html(FORM);
    const signedIn = headers['cookie'] === 'session=s1; other=2';
    return signedIn ? html(`<p>${content()}</p>`) : html('sign in', 401);
  };
}

function open(service: Service, link: LinkEdge = LINK) {
  let canary = '';
  const world = stage([devicePlan('1')], (request) => service(request));
  canary = world.plan('alerts-1');
  world.connect({ link });
  const go = async (text = `You have a message: ${URL_TEXT}.`) => {
    world.bring(world.phone, { kind: 'text', text });
    await world.run();
  };
  const steps = () =>
    world
      .of('device.link-opened')
      .map(({ step, outcome, afterSignIn }) =>
        afterSignIn === true ? [step, outcome, 'after'] : [step, outcome],
      );
  return { ...world, canary, go, steps };
}

function openCorrect() {
  const page: { code: string; content: string } = { code: '', content: '' };
  const world = open(
    correct(
      () => page.code,
      () => page.content,
    ),
  );
  page.code = world.owner.signInCode;
  page.content = `Your code is ${world.canary}`;
  return { ...world, page };
}

describe('a secure link', () => {
  test('is displayed after sign-in, and stays closed to everybody else', async () => {
    const world = openCorrect();
    await world.go();
    expect(world.steps()).toEqual([
      ['anonymous', 'no-content'],
      ['preview-bot', 'no-content'],
      ['wrong-code', 'no-content'],
      ['signed-in', 'content'],
      ['anonymous', 'no-content', 'after'],
      ['preview-bot', 'no-content', 'after'],
    ]);
    expect(world.of('device.displayed')).toMatchObject([
      { channel: 'secure-link', message: 'alerts-1', wire: 'rcs:1' },
    ]);
    expect(world.of('device.received')).toMatchObject([{ channel: 'secure-link' }]);
    expect(world.of('device.link-opened').flatMap(({ leaks }) => leaks ?? [])).toEqual([]);
    const scans = world.of('tap.scanned').filter(({ observer }) => observer === 'link-anonymous');
    expect(scans).toHaveLength(4);
    expect(world.failures).toEqual([]);
  });

  test('that shows its content to anybody is seen to', async () => {
    const world = open(() => html(`${FORM} ${world.canary}`));
    await world.go();
    expect(world.steps().slice(0, 3)).toEqual([
      ['anonymous', 'content'],
      ['preview-bot', 'content'],
      ['wrong-code', 'content'],
    ]);
    const found = world.of('tap.scanned').filter(({ found: hits }) => hits.length > 0);
    expect(found).toHaveLength(4);
  });

  test('that its recipient’s sign-in opens to everybody is seen to', async () => {
    let isOpen = false;
    const world = open(({ method }) => {
      isOpen ||= method === 'POST' && world.requests.length > 5;
      return html(isOpen ? world.canary : FORM);
    });
    await world.go();
    expect(world.steps()).toEqual([
      ['anonymous', 'no-content'],
      ['preview-bot', 'no-content'],
      ['wrong-code', 'no-content'],
      ['signed-in', 'content'],
      ['anonymous', 'content', 'after'],
      ['preview-bot', 'content', 'after'],
    ]);
  });

  test('is tried with nearly the right code and with somebody else’s in turns', async () => {
    const world = openCorrect();
    const typed = (): (string | null)[] =>
      world.requests
        .filter(({ method }) => method === 'POST')
        .map(({ body }) => new URLSearchParams(Buffer.from(body).toString()).get('code'));
    await world.go();
    await world.go();
    await world.go();
    const { owner, ben } = world;
    const [near, right] = typed();
    expect(right).toBe(owner.signInCode);
    expect(near?.slice(0, -1)).toBe(right?.slice(0, -1));
    expect(typed().slice(2)).toEqual([ben.signInCode, right, near, right]);
    const wrong = world.of('device.link-opened').filter(({ step }) => step === 'wrong-code');
    expect(wrong.map(({ codeOf }) => codeOf)).toEqual([undefined, 'ben', undefined]);
  });

  test('that shows somebody else their own content by their own code is healthy', async () => {
    const canaryOfBen = createCanary(createRandom(3));
    const world = open(({ method, body }) => {
      const code = new URLSearchParams(Buffer.from(body).toString()).get('code');
      if (method === 'POST' && code === world.ben.signInCode) return html(canaryOfBen);
      return html(method === 'POST' && code === world.owner.signInCode ? world.canary : FORM);
    });
    const ofBen = { message: 'alerts-2', traffic: 'alerts', person: 'ben', canary: canaryOfBen };
    world.context.ambient.index.add(ofBen);
    await world.go();
    await world.go();
    const wrong = world.of('device.link-opened').filter(({ codeOf }) => codeOf === 'ben');
    expect(wrong).toMatchObject([{ step: 'wrong-code', outcome: 'no-content' }]);
  });

  test('that lets nobody in after two wrong codes in a row is opened all the same', async () => {
    let wrongInARow = 0;
    const world = open(({ method, body }) => {
      if (method !== 'POST') return html(FORM);
      if (wrongInARow >= 2) return html('later', 429);
      const code = new URLSearchParams(Buffer.from(body).toString()).get('code');
      wrongInARow = code === world.owner.signInCode ? 0 : wrongInARow + 1;
      return wrongInARow === 0 ? html(world.canary) : html(FORM, 403);
    });
    for (let visit = 0; visit < 4; visit++) await world.go();
    expect(world.of('device.displayed')).toHaveLength(4);
  });

  test('whose answers carry the content in a header is seen to, redirects too', async () => {
    const preview = open(() => html(FORM, 200, { 'x-description': preview.canary }));
    await preview.go();
    expect(preview.of('device.link-opened')[0]).toMatchObject({
      step: 'anonymous',
      outcome: 'content',
      leaks: ['header'],
    });
    const found = preview.of('tap.scanned').filter(({ found: hits }) => hits.length > 0);
    expect(found).toMatchObject([{ observer: 'link-anonymous' }, { observer: 'link-anonymous' }]);
    const cookie = open(({ method, path }) => {
      if (path === '/content') return html(cookie.canary);
      if (method === 'GET') return html(FORM);
      return html('', 303, { location: '/content', 'set-cookie': `last=${cookie.canary}` });
    });
    await cookie.go();
    const opened = cookie.of('device.link-opened');
    expect(opened.find(({ step }) => step === 'signed-in')?.leaks).toEqual(['header']);
    expect(opened[0]).toMatchObject({ outcome: 'no-content' });
  });

  test('that shows itself only to preview bots is seen to', async () => {
    const bot = /facebookexternalhit/;
    const world = open(({ headers }) =>
      bot.test(headers['user-agent'] ?? '') ? html(world.canary) : html(FORM),
    );
    await world.go();
    expect(world.steps()).toMatchObject([
      ['anonymous', 'no-content'],
      ['preview-bot', 'content'],
      ['wrong-code', 'no-content'],
      ['signed-in', 'no-content'],
    ]);
    expect(world.of('device.displayed')).toEqual([]);
  });

  test('leaks by title, address, referrer and cache are named', async () => {
    const world = open(({ method, query }) => {
      if (method === 'GET' && query === '') return html(FORM);
      const location = `/done?m=${world.canary}`;
      if (method === 'POST') return html('', 302, { location });
      return {
        status: 200,
        headers: {},
        body: `<title>${world.canary}</title><p>${world.canary}</p>`,
      };
    });
    await world.go();
    const signedIn = world.of('device.link-opened').find(({ step }) => step === 'signed-in');
    expect(signedIn?.leaks).toEqual(['url', 'title', 'referrer', 'cacheable']);
  });

  test('ends in an error, never in a loop, when it redirects for ever or breaks', async () => {
    const looping = open(() => html('', 302, { location: '/again' }));
    await looping.go();
    expect(looping.steps()[0]).toEqual(['anonymous', 'error']);
    expect(looping.of('device.link-opened')[0]?.status).toContain('more than 5 redirects');
    const broken = open(() => html('no', 500));
    await broken.go();
    expect(broken.steps().at(-1)).toEqual(['signed-in', 'error']);
    expect(broken.clock.pending).toBe(0);
  });

  test('keeps the method of a 307, and never follows to another service', async () => {
    const kept = open(({ method, path, body }) => {
      if (method === 'GET') return html(FORM);
      if (path !== '/moved') return html('', 307, { location: '/moved' });
      const sent = new URLSearchParams(Buffer.from(body).toString()).get('code');
      return html(sent === kept.owner.signInCode ? kept.canary : 'wrong');
    });
    await kept.go();
    expect(kept.of('device.displayed')).toHaveLength(1);
    const location = 'https://elsewhere.example/content';
    const away = open(({ path }) =>
      path === '/content' ? html(away.canary) : html('', 302, { location }),
    );
    await away.go();
    expect(away.steps()[0]).toEqual(['anonymous', 'error']);
    expect(away.requests.some(({ path }) => path === '/content')).toBe(false);
  });

  test('to a host that is not the implementation’s is not followed', async () => {
    const world = openCorrect();
    await world.go('See https://elsewhere.example/x');
    expect(world.requests).toEqual([]);
    expect(world.of('device.notified')).toHaveLength(1);
  });

  test('beside open content is not followed either', async () => {
    const world = openCorrect();
    await world.go(`${world.canary} ${URL_TEXT}`);
    expect(world.requests).toEqual([]);
    expect(world.of('device.displayed')).toMatchObject([{ channel: 'rcs' }]);
  });
});
