import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ArchiveReading } from '../../harness/implementation/interface.ts';
import { readArchive } from '../../harness/run/archive-reads.ts';
import { findPersonal } from '../../harness/run/personal-data.ts';
import type { EventInput } from '../../simulators/kernel/events.ts';

const RECIPIENT = {
  'recipient.id': 'ana',
  'recipient.name': 'Burdette Franey',
  'recipient.msisdn': '+999301234567',
  'recipient.signInCode': '482913',
};
const DEVICE = { 'device.pushToken': 'f0e1d2c3b4a5', 'device.appToken': 'app_1234567890' };
const VALUES = [RECIPIENT, DEVICE];

describe('personal data in what is kept', () => {
  it.each([
    ['{"to":"+999301234567"}', 'number', 'plain'],
    ['{"to":"999301234567"}', 'number', 'plain'],
    [Buffer.from('to=+999301234567;').toString('base64'), 'number', 'base64'],
    [gzipSync('burdette franey'), 'name', 'gzip'],
    ['code: 482913', 'sign-in-code', 'plain'],
    ['{"token":"f0e1d2c3b4a5"}', 'push-token', 'plain'],
    ['Bearer app_1234567890', 'app-token', 'plain'],
  ] as const)('%s', (bytes, what, as) => {
    expect(findPersonal(bytes, VALUES)).toEqual([{ what, as }]);
  });

  it.each([
    ['the organisation’s own id', '{"person":"ana"}'],
    ['a longer number that it is a part of', '{"at":1482913000,"to":"9993012345678"}'],
    ['nothing at all', ''],
  ])('%s is none', (_, bytes) => {
    expect(findPersonal(bytes, VALUES)).toEqual([]);
  });

  it('a name that is but the id, and a short one, say nothing', () => {
    const short = { ...RECIPIENT, 'recipient.name': 'Ana', 'recipient.signInCode': '12' };
    expect(findPersonal('Ana 12', [short])).toEqual([]);
  });
});

async function reads(count: number, archived?: () => ArchiveReading): Promise<EventInput[]> {
  const events: EventInput[] = [];
  const append = (event: EventInput): number => events.push(event);
  await readArchive({
    world: { recipientValues: () => RECIPIENT, deviceValues: () => [DEVICE] },
    history: { append },
    conversation: archived === undefined ? {} : { archived: async () => archived() },
    submissions: {
      accepted: Array.from({ length: count }, (_, n) => ({
        message: `m-${n}`,
        person: 'ana',
        id: `${n}`,
      })),
    },
    tap: { observer: 'archive', where: 'archive', scan: () => [], calibrate: () => {} },
  });
  return events;
}

describe('reading an archive', () => {
  it.each([
    [200, '{"content":"…"}', 'kept'],
    [404, '{"error":"none"}', 'absent'],
    [410, '', 'absent'],
    [204, '', 'absent'],
    [200, '[]', 'absent'],
    [200, '', 'absent'],
    [401, 'who are you', 'unread'],
    [500, 'oh', 'unread'],
  ] as const)('%d with “%s” is %s', async (status, body, outcome) => {
    expect(await reads(1, () => ({ status, body }))).toMatchObject([{ outcome }]);
  });

  it('silence is not absence', async () => {
    const silent = { status: null, failure: 'ECONNREFUSED', body: '' };
    const told = await reads(1, () => silent);
    expect(told).toMatchObject([{ outcome: 'unread', status: 'ECONNREFUSED' }]);
  });

  it('nothing is asked where no archive is described', async () => {
    expect(await reads(3)).toEqual([]);
  });

  it('of a crowd a sample from the first to the last is read', async () => {
    const told = await reads(2_000, () => ({ status: 404, body: '' }));
    const numbers = told.map((event) => Number((event as { message: string }).message.slice(2)));
    expect(numbers).toHaveLength(500);
    expect(Math.max(...numbers)).toBeGreaterThan(1_990);
    expect(new Set(numbers).size).toBe(500);
  });
});
