/**
 * Every vendor's scheme × every callback fault: each cell acts and is seen, or says why it cannot.
 * A gateway or a fault that is added without its row fails here.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createVocabulary, PROJECT_FOLDER } from '../../harness/compose.ts';
import { loadPlan } from '../../harness/plan/load.ts';
import { GATEWAYS } from '../../simulators/gateway/personalities/index.ts';
import { createCallbackQueue } from '../../simulators/gateway/api/callback-queue.ts';
import { infobipScheme } from '../../simulators/gateway/infobip/webhook-scheme.ts';
import { createTap } from '../../simulators/network/tap.ts';
import { createScanner } from '../../simulators/protocol/canary/scanner.ts';
import { CHECKS, DATED, holdsFor } from './callback-checks.ts';
import { BEN, virtualStage } from './vendor-stage.ts';
import type { Hook } from './vendor-stage.ts';

/** What is to be seen of each fault when two true callbacks arise. */
const FAULTS = {
  forge: { params: {}, seen: 'forged', holds: false },
  tamper: { params: {}, seen: 'tampered', holds: false },
  unsigned: { params: {}, seen: 'unsigned', holds: false },
  'wrong-key': { params: {}, seen: 'wrong-key', holds: false },
  stale: { params: { age: 3_600_000_000 }, seen: 'stale', holds: true },
  malformed: { params: {}, seen: 'malformed', holds: true },
  oversize: { params: { bytes: 1_000_000 }, seen: 'oversize', holds: true },
  replay: { params: { pause: 30_000_000 }, seen: 'replayed', holds: true },
  duplicate: { params: { times: 1, pause: 1_000_000 }, seen: 'again', holds: true },
  reorder: { params: {}, seen: 'overtaken', holds: true },
  delay: { params: { by: 9_000_000 }, seen: 'late', holds: true },
  drop: { params: {}, seen: 'lost', holds: true },
  'rotate-signing-key': { params: {}, seen: 'new key', holds: true },
} as const;
type Fault = keyof typeof FAULTS;
const WORDS = Object.keys(FAULTS) as Fault[];
const ALL = Object.keys(GATEWAYS);

const UNDATED = 'its signature holds no date: an old one cannot be told from a new one';
/** Cells without an effect, and why: `<gateway> × <fault>`. */
const NOT_THERE: Readonly<Record<string, string>> = {
  'rbm × stale': UNDATED,
  'twilio × stale': UNDATED,
  'infobip × stale': UNDATED,
};
/** Cells that no scenario has, beside those without an effect. */
const NO_SCENARIO: Readonly<Record<string, string>> = Object.fromEntries(
  ALL.map((gateway) => [
    `${gateway} × drop`,
    'what never comes is no webhook that could be checked: it would judge nothing of webhook/*',
  ]),
);

const cell = (gateway: string, fault: string): string => `${gateway} × ${fault}`;

/** What the history and the webhook show of the fault: a word of FAULTS' `seen`, or nothing. */
async function shown(gateway: string, fault: Fault) {
  const stage = await virtualStage(gateway);
  await stage.run(1);
  (stage.hooks as Hook[]).splice(0);
  stage.fault(`gateway/${gateway}`, fault, FAULTS[fault].params);
  const from = stage.events.length;
  for (const text of ['The first of two', 'The second of two']) {
    stage.world.reply('ana', text);
    await stage.run(5);
  }
  await stage.run(60);
  const sent = stage.events.slice(from).filter((event) => event.kind === 'callback.sent');
  const words = new Set<string>(
    sent.flatMap((event) => [
      ...(event.forgery === undefined ? [] : [event.forgery]),
      ...(event.again === true ? ['again'] : []),
      ...(event.newKey === true ? ['new key'] : []),
    ]),
  );
  if (stage.of('lost').length > 0) words.add('lost');
  const true_ = sent.filter((event) => event.forgery === undefined && event.again !== true);
  const arose = stage.of('carried').map(({ wire }) => wire);
  const order = true_.map(({ wire }) => wire);
  if (order.length > 1 && arose.indexOf(order[0]!) > arose.indexOf(order[1]!)) {
    words.add('overtaken');
  }
  if (true_.length > 0 && true_[0]!.t - stage.of('carried')[0]!.t > 8_000_000) words.add('late');
  return { stage, words, hooks: stage.hooks, sent };
}

describe.each(ALL)('%s', (gateway) => {
  test('has a check of its signature', () => {
    expect(CHECKS[gateway]).toBeDefined();
  });

  test.each(WORDS)('× %s is seen as that, or the table says why not', async (fault) => {
    const { seen, holds } = FAULTS[fault];
    const { stage, words, hooks, sent } = await shown(gateway, fault);
    if (NOT_THERE[cell(gateway, fault)] !== undefined) {
      expect([...words]).not.toContain(seen);
      expect(hooks).toHaveLength(2);
      return;
    }
    expect([...words]).toContain(seen);
    const extra = sent.findIndex(({ forgery }) => forgery === seen);
    if (extra < 0) return;
    expect(holdsFor(gateway, stage, hooks[extra]!)).toBe(holds);
  });
});

test('the table has every callback fault that a gateway knows, and no other', async () => {
  const { ambient, network } = await virtualStage('infobip');
  const { verbs } = createCallbackQueue({
    ambient,
    request: network.call,
    component: 'gateway/a',
    tap: createTap({ ...ambient, scanner: createScanner() }, 'gateway', 'gateway/a'),
    scheme: infobipScheme,
    key: 'a',
    nextKey: 'b',
    foreignKey: 'c',
  });
  expect(WORDS.toSorted()).toEqual(Object.keys(verbs).toSorted());
});

describe('twilio, events as JSON', () => {
  const forgeries = WORDS.filter((fault) => !FAULTS[fault].holds);

  test.each(forgeries)('× %s fails the check of its body, and lies', async (fault) => {
    const stage = await virtualStage('twilio');
    await stage.run(1);
    const value = stage.value;
    const authorization = `Basic ${btoa(`${value('accountSid')}:${value('authToken')}`)}`;
    const create = async (path: string, form: Record<string, string>): Promise<string> => {
      const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
      const body = new URLSearchParams(form).toString();
      const { status, json } = await stage.call('POST', path, body, headers);
      expect(status, JSON.stringify(json)).toBe(201);
      return String(json['sid']);
    };
    const destination = 'http://implementation.test/events';
    const SinkSid = await create('/v1/Sinks', {
      Description: 'to us',
      SinkType: 'webhook',
      SinkConfiguration: JSON.stringify({ destination }),
    });
    const Types = JSON.stringify({ type: 'com.twilio.messaging.message.delivered' });
    await create('/v1/Subscriptions', { Description: 'what arrives', SinkSid, Types });
    stage.fault('gateway/twilio', fault);
    await create(`/2010-04-01/Accounts/${value('accountSid')}/Messages.json`, {
      To: `+${BEN}`,
      From: value('phoneNumber'),
      Body: 'An event',
    });
    await stage.run(30);
    const told = stage.hooks.filter(({ path }) => path.startsWith('/events'));
    expect(told.map((hook) => holdsFor('twilio', stage, hook))).toEqual([false, true]);
    expect(told.map(({ json }) => json)).toMatchObject([
      [
        {
          type: 'com.twilio.messaging.message.undelivered',
          data: { messageStatus: 'undelivered' },
        },
      ],
      [{ type: 'com.twilio.messaging.message.delivered', data: { messageStatus: 'delivered' } }],
    ]);
  });
});

test('what is excepted is in the table, and stale is excepted just where nothing is dated', () => {
  const cells = ALL.flatMap((gateway) => WORDS.map((fault) => cell(gateway, fault)));
  expect(cells).toEqual(expect.arrayContaining(Object.keys({ ...NOT_THERE, ...NO_SCENARIO })));
  const excepted = Object.keys(NOT_THERE);
  expect(excepted.toSorted()).toEqual(
    ALL.filter((gateway) => !DATED.includes(gateway))
      .map((gateway) => cell(gateway, 'stale'))
      .toSorted(),
  );
});

/** As soon as a scenario has the gateway, its callbacks have to be judged too. */
const NO_SCENARIO_AT_ALL: readonly string[] = [];

test('scenarios/webhook has every cell of the table, for the rules to judge', () => {
  const { cells } = loadPlan([join(PROJECT_FOLDER, 'scenarios')], {
    vocabulary: createVocabulary(),
    workingDirectory: PROJECT_FOLDER,
  });
  const used = new Set(cells.flatMap(({ world }) => world.gateways));
  expect(ALL.filter((gateway) => !used.has(gateway))).toEqual(NO_SCENARIO_AT_ALL);
  const there = new Set(
    cells
      .filter(({ suite }) => suite === 'webhook')
      .flatMap(({ faults }) => faults)
      .flatMap(({ targets, fault }) =>
        targets.map((target) => cell(target.replace('gateway/', ''), fault)),
      ),
  );
  const missing = ALL.filter((gateway) => used.has(gateway))
    .flatMap((gateway) => WORDS.map((fault) => cell(gateway, fault)))
    .filter(
      (one) => !there.has(one) && NOT_THERE[one] === undefined && NO_SCENARIO[one] === undefined,
    );
  expect(missing).toEqual([]);
});
