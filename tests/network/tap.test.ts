import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryEvent } from '../../simulators/kernel/events.ts';
import { createHistory } from '../../simulators/kernel/history.ts';
import { createMessageIndex } from '../../simulators/kernel/message-index.ts';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createTap } from '../../simulators/network/tap.ts';
import { createCanary } from '../../simulators/protocol/canary/canary.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';

function setUp() {
  const history = createHistory(createVirtualClock());
  const events: HistoryEvent[] = [];
  history.subscribe((event) => void events.push(event));
  const index = createMessageIndex();
  const tap = createTap({ history, index, scanner: createScanner() }, 'gateway', 'gateway/rbm');
  return { tap, index, events };
}
const canary = createCanary(createRandom(1));
const planned = { message: 'alerts-1', traffic: 'alerts', person: 'ana', canary };

describe('a tap', () => {
  test('records clean bytes by their digest and keeps nothing of them', () => {
    const { tap, events } = setUp();
    expect(tap.scan('nothing here', { channel: 'rcs', wire: 'rbm:1', cause: 3 })).toEqual([]);
    expect(events).toEqual([
      {
        seq: 1,
        t: 0,
        kind: 'tap.scanned',
        cause: 3,
        observer: 'gateway',
        where: 'gateway/rbm',
        bytes: 12,
        sha256: '76c475039816aeca476d2fc8bf1c450a6c1492b2a43097988bcb3051e1747338',
        found: [],
        channel: 'rcs',
        wire: 'rbm:1',
      },
    ]);
  });

  test('tells the planned message of a canary and keeps the bytes of the hit', () => {
    const { tap, index, events } = setUp();
    index.add(planned);
    expect(tap.scan(Buffer.from(`Guten Tag ${canary}!`))).toEqual([planned]);
    const [event] = events;
    expect(event).toMatchObject({ found: [{ canary, as: 'plain' }] });
    const kept = event?.kind === 'tap.scanned' ? event.kept : undefined;
    expect(Buffer.from(kept ?? '', 'base64').toString()).toBe(`Guten Tag ${canary}!`);
    // All the bytes are there: a digest would say nothing more.
    expect(event).not.toHaveProperty('sha256');
  });

  test('keeps at most 4 KiB of a hit, and the hit is in it', () => {
    const { tap, events } = setUp();
    tap.scan(`${'.'.repeat(20_000)}${canary}${'.'.repeat(20_000)}`);
    const [event] = events;
    const kept = event?.kind === 'tap.scanned' ? Buffer.from(event.kept ?? '', 'base64') : null;
    expect(event).toMatchObject({ bytes: 40_012, sha256: expect.stringMatching(/^[\da-f]{64}$/) });
    expect(kept?.length).toBe(4_096);
    expect(kept?.includes(canary)).toBe(true);
  });

  test('records a canary that nobody planned, without a message', () => {
    const { tap, events } = setUp();
    expect(tap.scan(canary)).toEqual([]);
    expect(events[0]).toMatchObject({ found: [{ canary, as: 'plain' }] });
  });

  test('sees its calibration canary through the same code', () => {
    const { tap, events } = setUp();
    tap.calibrate(canary);
    expect(events[0]).toMatchObject({ calibration: true, found: [{ canary, as: 'plain' }] });
  });

  test('says when the bytes were more than it reads', () => {
    const { tap, events } = setUp();
    tap.scan(Buffer.alloc(5 * 1024 * 1024, 0x2e));
    expect(events[0]).toMatchObject({ truncated: true, found: [] });
  });

  test('writes the line that JSON.stringify would, whatever it saw and was told', () => {
    const lines: string[] = [];
    const sink = {
      write: (bytes: Uint8Array) => void lines.push(Buffer.from(bytes).toString()),
      close() {},
    };
    const history = createHistory(createVirtualClock(), sink);
    const read: string[] = [];
    // Readers get seq and t behind the rest, the file has them in front.
    history.subscribe(({ seq, t, ...rest }) => {
      read.push(`${JSON.stringify({ seq, t, ...rest })}\n`);
    });
    const scanner = createScanner({ inputBytes: 2_000 });
    const tap = createTap({ history, index: createMessageIndex(), scanner }, 'gateway', 'a "file"');
    const seen = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer().map((seed) => `${createCanary(createRandom(seed))} and ${canary}`),
      fc.integer().map((seed) => gzipSync(createCanary(createRandom(seed)))),
      fc.constant('.'.repeat(3_000)),
    );
    const wire = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('rbm:0-1~2/RCS'));
    const told = fc.record(
      { channel: fc.constant('sms' as const), wire, cause: fc.nat() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(seen, told, (bytes, context) => {
        lines.length = 0;
        read.length = 0;
        tap.scan(bytes, context);
        tap.calibrate(canary);
        history.flush();
        expect(lines.join('')).toBe(read.join(''));
      }),
    );
  });
});
