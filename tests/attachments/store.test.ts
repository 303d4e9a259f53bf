import { describe, expect, it } from 'vitest';
import { createHistory } from '../../simulators/kernel/history.ts';
import type { EventKind, EventOf, HistoryEvent } from '../../simulators/kernel/events.ts';
import { createIds } from '../../simulators/kernel/ids.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createTargets } from '../../simulators/kernel/target.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createMemoryNetwork } from '../../simulators/network/memory-network.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';
import { signedHeaders, signedUrl } from '../../simulators/protocol/s3/signature.ts';
import { createAttachments } from '../../simulators/world/attachments.ts';
import { createKits } from '../../simulators/world/component.ts';

async function stage() {
  const clock = createVirtualClock();
  const events: HistoryEvent[] = [];
  const history = createHistory(clock, undefined, (error) => {
    throw error;
  });
  history.subscribe((event) => events.push(event));
  const random = createRandom(1);
  const index = createMessageIndex();
  const ambient = { clock, random, ids: createIds(random.fork('ids')), history, index };
  const network = createMemoryNetwork({ clock });
  const kits = createKits(ambient, createScanner());
  const targets = createTargets();
  const store = await createAttachments({ ambient, network, kits, targets });
  const place = store.placeOf('person/ana/device/1');
  const ask = async (method: string, url: string, headers = {}, body?: Uint8Array) => {
    let told: { status: number; text: string; bytes: Uint8Array } | undefined;
    network.call({ method, url, headers, ...(body && { body }) }, (result) => {
      if (result.kind === 'failure') throw new Error(result.reason);
      const { status, body: got } = result.response;
      const bytes = typeof got === 'string' ? Buffer.from(got) : got;
      told = { status, text: Buffer.from(bytes).toString('utf8'), bytes };
    });
    await clock.run(clock.now() + 1_000_000);
    return told!;
  };
  const put = (key: string, body: Uint8Array, headers = {}) => {
    const url = `${place.url}/${key}`;
    const request = { method: 'PUT', url, epochMillis: clock.epochMillis(), headers, body };
    return ask('PUT', url, signedHeaders(request, place.credentials), body);
  };
  const link = (key: string, seconds = 60) => {
    const url = `${place.url}/${key}`;
    const request = { method: 'GET', url, epochMillis: clock.epochMillis() };
    return signedUrl(request, seconds, place.credentials);
  };
  const of = <K extends EventKind>(kind: K) =>
    events.filter((event) => event.kind === kind) as unknown as EventOf<K>[];
  const fault = (verb: string, params = {}) => {
    const did: string[] = [];
    const ledger = { fault: 'f', hits: () => true, touched: (what: string) => did.push(what) };
    const lift = targets.get('attachments/store')!.verbs[verb]!({ params, ledger });
    return { lift, did };
  };
  return { clock, ask, put, link, of, fault, place };
}

const BODY = Buffer.from('some bytes');

describe('the attachment store', () => {
  it('gives an object to whoever has a signed URL, until that ends', async () => {
    const { put, link, ask, of, clock } = await stage();
    expect((await put('a/file', BODY)).status).toBe(200);
    const url = link('a/file');
    expect((await ask('GET', url)).text).toBe('some bytes');
    await clock.run(clock.now() + 61_000_000);
    expect(await ask('GET', url)).toMatchObject({ status: 403 });
    expect((await ask('GET', url)).text).toContain('Request has expired');
    expect(of('attachment.stored')).toMatchObject([
      { object: 'attachments/a/file', open: false, device: 'person/ana/device/1', bytes: 10 },
    ]);
    expect(
      of('tap.scanned').filter(({ observer }) => observer === 'attachment-store'),
    ).toHaveLength(1);
  });

  it('refuses whoever has no signature, and uploads of anybody', async () => {
    const { put, ask, place } = await stage();
    await put('a/file', BODY);
    expect((await ask('GET', `${place.url}/a/file`)).text).toContain('AccessDenied');
    expect(await ask('PUT', `${place.url}/b/file`, {}, BODY)).toMatchObject({ status: 403 });
    const tampered = await ask('GET', `${place.url}/a/file?X-Amz-Signature=00`);
    expect(tampered.text).toContain('AuthorizationQueryParametersError');
  });

  it('gives a public object to everybody', async () => {
    const { put, ask, place, of } = await stage();
    await put('a/file', BODY, { 'x-amz-acl': 'public-read' });
    expect(await ask('GET', `${place.url}/a/file`)).toMatchObject({ status: 200 });
    expect(of('attachment.stored')[0]?.open).toBe(true);
  });

  it('has no object that nobody put there, and takes none that is too large', async () => {
    const { put, link, ask } = await stage();
    expect((await ask('GET', link('none'))).text).toContain('NoSuchKey');
    const huge = await put('huge', new Uint8Array(17 * 1_024 * 1_024));
    expect(huge).toMatchObject({ status: 400 });
    expect(huge.text).toContain('EntityTooLarge');
  });

  it('is disturbed as its faults say, and whole again after them', async () => {
    const { put, link, ask, fault } = await stage();
    await put('a/file', BODY);
    await put('a/thumb', BODY, { 'x-amz-meta-part': 'thumbnail' });
    const get = async (key = 'a/file') => ask('GET', link(key));
    const during = async (verb: string, params: object, key?: string) => {
      const { lift, did } = fault(verb, params);
      const got = await get(key);
      lift();
      expect(did).toHaveLength(1);
      return got;
    };
    expect((await during('cdn-outage', { mode: 'error', status: 503 })).status).toBe(503);
    expect((await during('corrupt-object', {})).bytes).not.toEqual(BODY);
    expect((await during('oversize', { bytes: 100 })).bytes).toHaveLength(110);
    expect((await during('thumbnail-missing', {}, 'a/thumb')).status).toBe(404);
    expect(await get()).toMatchObject({ status: 200, text: 'some bytes' });
    expect(await get('a/thumb')).toMatchObject({ status: 200 });
  });

  it('calls URLs expired that were signed before, and takes those signed after', async () => {
    const { put, link, ask, fault, clock } = await stage();
    await put('a/file', BODY);
    const before = link('a/file');
    await clock.run(clock.now() + 2_000_000);
    const { lift } = fault('expired-url');
    expect((await ask('GET', before)).text).toContain('expired');
    expect((await ask('GET', link('a/file'))).status).toBe(200);
    lift();
    expect((await ask('GET', before)).status).toBe(200);
  });
});
