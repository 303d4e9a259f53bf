/** The `traffic` block → plans, with every reference checked. */
import type {
  Arrivals,
  AttachmentPlan,
  TrafficPlan,
  WorldPlan,
} from '../../simulators/kernel/plan.ts';
import { ACTS } from '../../simulators/kernel/plan.ts';
import { BUSINESS } from '../../simulators/kernel/words.ts';
import type { MessageDoc, ScenarioDoc, TrafficDoc } from '../scenario/schema.ts';
import { pathText } from '../scenario/diagnose.ts';
import type { SourcePath } from '../scenario/source.ts';
import { arrivalCount } from './arrivals.ts';
import { LOCALE_NAMES, MESSAGE_KINDS } from './message-text.ts';
import type { Problems } from './problems.ts';

/** What one traffic may send: far beyond any useful scenario, well below what fills a disk. */
const MOST_MESSAGES = 20_000_000;

function personNames(world: WorldPlan): string[] {
  return [
    ...world.people.map(({ id }) => id),
    ...(world.population === null ? [] : ['population']),
  ];
}

function isPerson(written: string, world: WorldPlan): boolean {
  const crowd = /^population\/(\d+)$/.exec(written);
  if (crowd !== null) {
    const index = Number(crowd[1]);
    return index >= 1 && index <= (world.population?.size ?? 0);
  }
  return personNames(world).includes(written);
}

function resolveArrivals(doc: TrafficDoc, path: SourcePath, problems: Problems): Arrivals {
  const given = (['rate', 'ramp', 'burst', 'every', 'at'] as const).filter(
    (key) => doc[key] !== undefined,
  );
  const clashing = doc.at !== undefined && doc.during !== undefined ? [...given, 'during'] : given;
  if (clashing.length > 1) {
    problems.add(
      'SCENARIO_ARRIVALS',
      path,
      `${path.join('.')}: ${clashing.join(' and ')} exclude each other`,
      'Give one of rate, burst, every, ramp or at; during goes with all but at.',
    );
  }
  if (doc.repeat !== undefined && doc.every === undefined && doc.burst === undefined) {
    problems.add(
      'SCENARIO_ARRIVALS',
      [...path, 'repeat'],
      `${path.join('.')}.repeat: only burst and every can be repeated`,
      'Leave it out, or say burst: n or every: 10s.',
    );
  }
  if (doc.rate !== undefined) return { kind: 'rate', perSecond: doc.rate };
  if (doc.ramp !== undefined) {
    return { kind: 'ramp', fromPerSecond: doc.ramp.from, toPerSecond: doc.ramp.to };
  }
  if (doc.burst !== undefined) return { kind: 'burst', count: doc.burst };
  if (doc.every !== undefined) return { kind: 'every', periodMicros: doc.every };
  return { kind: 'once' };
}

/** A traffic of nothing tests nothing; one without end fills the disk. */
function checkCount(plan: TrafficPlan, path: SourcePath, problems: Problems): void {
  const count = arrivalCount(plan);
  if (count < 1) {
    problems.add(
      'SCENARIO_ARRIVALS',
      path,
      `${path.join('.')} amounts to no message at all`,
      'Raise the rate or lengthen the window.',
    );
  } else if (count > MOST_MESSAGES) {
    problems.add(
      'SCENARIO_ARRIVALS',
      path,
      `${path.join('.')} amounts to ${count} messages; at most ${MOST_MESSAGES} are taken`,
      'Lower the rate or shorten the window.',
    );
  }
}

/** What a person can write to the business, whose callback has to be reached. */
function checkToBusiness(
  { from, by, tap, share }: TrafficDoc,
  to: readonly string[],
  world: WorldPlan,
  place: SourcePath,
  problems: Problems,
): void {
  const wrong = (message: string, hint: string): void =>
    problems.add('SCENARIO_TO_BUSINESS', place, `${pathText(place)}: ${message}`, hint);
  if (world.people.some(({ id }) => id === BUSINESS)) {
    wrong('business is whoever is under test, not a person', 'Give the person another name.');
  }
  if (from === undefined) {
    wrong('nobody is said to write to the business', 'Add from: and the name of a person.');
  }
  if (to.length > 1) {
    wrong('business stands alone', 'Make a traffic of its own for the other recipients.');
  }
  const person = world.people.find(({ id }) => id === from);
  const home = world.carriers.find(({ name }) => name === person?.carrier);
  if (by === 'sms') {
    if (tap !== undefined) wrong('a text has no buttons to tap', 'Leave out tap, or by: sms.');
    if (share !== undefined) wrong('a text is only a text', 'Leave out share, or by: sms.');
    if (world.sms === null || home?.sms === false) {
      wrong('there is no SMS centre to bring it', 'Switch sms on at the carriers.');
    }
    return;
  }
  if (world.gateways.length === 0) {
    wrong('there is no gateway to bring it', 'Add gateways: [rbm] to the world.');
  }
  if (person === undefined || (home?.rcs === true && person.devices[0]?.rcs === true)) return;
  // To the number of a gateway that brings texts, too, a phone without RCS writes a text.
  const texts = world.gateways.some((name) => world.gatewayChannels?.[name]?.includes('sms'));
  if (texts && home?.sms === true && tap === undefined && share === undefined) return;
  wrong(`${person.id} cannot write by RCS`, 'Use a carrier and a device with RCS, or by: sms.');
}

/** What only a person who writes to the business can do. */
function checkNotToBusiness(doc: TrafficDoc, place: SourcePath, problems: Problems): void {
  const words = ['by', 'tap', 'share', ...(doc.from === undefined ? ['typing'] : [])] as const;
  for (const word of words as readonly ('by' | 'tap' | 'share' | 'typing')[]) {
    if (doc[word] === undefined) continue;
    const path = [...place, word];
    problems.add(
      'SCENARIO_TO_BUSINESS',
      path,
      `${pathText(path)}: only what a person writes to the business has it`,
      'Say to: business and from: a person, or leave it out.',
    );
  }
}

/** What only people say to each other, and what is done to what was said before. */
function checkBetweenPeople(
  doc: ScenarioDoc,
  traffic: TrafficDoc,
  to: readonly string[],
  place: SourcePath,
  problems: Problems,
): void {
  const given = ACTS.filter((word) => traffic[word] !== undefined);
  const words = [...given, ...(traffic.vanish === undefined ? [] : ['vanish'])];
  const between = traffic.from !== undefined && !to.includes(BUSINESS);
  const wrong = (word: string, message: string, hint: string): void => {
    const path = [...place, word];
    problems.add('SCENARIO_ACT', path, `${pathText(path)}: ${message}`, hint);
  };
  for (const word of between ? [] : words) {
    wrong(
      word,
      'only people do that, to each other',
      'Add from: and a person, and a person in to.',
    );
  }
  if (given.length > 1) {
    wrong(given[1]!, `${given.join(' and ')} exclude each other`, 'Make a traffic for each.');
  }
  for (const word of given) {
    const of = traffic[word] ?? '';
    const target = Object.hasOwn(doc.traffic, of) ? doc.traffic[of] : undefined;
    if (target === undefined) {
      problems.unknown([...place, word], 'traffic', of, Object.keys(doc.traffic));
    } else if (target.from === undefined) {
      wrong(word, `${of} is not between people`, 'Name a traffic that has a from.');
    }
  }
}

function actOf(traffic: TrafficDoc): Pick<TrafficPlan, 'act'> {
  for (const kind of ACTS) {
    const of = traffic[kind];
    if (of !== undefined) return { act: { kind, of } };
  }
  return {};
}

/** One conversation of several people, in which a person writes to all others. */
function checkGroup(doc: TrafficDoc, to: readonly string[], place: SourcePath, problems: Problems) {
  const path = [...place, 'group'];
  const wrong = (message: string, hint: string): void =>
    problems.add('SCENARIO_GROUP', path, `${pathText(path)}: ${message}`, hint);
  if (doc.from === undefined) wrong('nobody is said to write', 'Add from: and a person.');
  if (new Set(to).size < 2 || to.includes(doc.from ?? '')) {
    wrong('a group has two or more people beside its writer', 'Name all others in to.');
  }
  if (to.includes('population')) wrong('a crowd is no group', 'Name its people one by one.');
}

const ATTACHMENT_BYTES = 20_000;

function attachmentPlan(doc: NonNullable<MessageDoc['attachment']>): AttachmentPlan {
  const { type, bytes = ATTACHMENT_BYTES, thumbnail = false } = doc;
  return { type, bytes, thumbnail };
}

/** What people write where nothing is said of it. */
const CHAT: MessageDoc = { kind: 'chat', sensitivity: 'low' };

export function resolveTraffic(
  doc: ScenarioDoc,
  world: WorldPlan,
  durationMicros: number,
  problems: Problems,
): TrafficPlan[] {
  return Object.entries(doc.traffic).map(([name, traffic]) => {
    const path = ['traffic', name];
    const to = typeof traffic.to === 'string' ? [traffic.to] : traffic.to;
    for (const [index, person] of to.entries()) {
      const place = typeof traffic.to === 'string' ? [...path, 'to'] : [...path, 'to', index];
      if (person === BUSINESS) checkToBusiness(traffic, to, world, place, problems);
      else if (!isPerson(person, world)) {
        const names = [...personNames(world), ...(traffic.from === undefined ? [] : [BUSINESS])];
        problems.unknown(place, 'person', person, names);
      }
    }
    if (!to.includes(BUSINESS)) checkNotToBusiness(traffic, path, problems);
    if (traffic.group === true) checkGroup(traffic, to, path, problems);
    checkBetweenPeople(doc, traffic, to, path, problems);
    const senders = personNames(world).filter((person) => person !== 'population');
    if (
      traffic.from === 'population' ||
      (traffic.from !== undefined && !isPerson(traffic.from, world))
    ) {
      problems.unknown([...path, 'from'], 'single person', traffic.from, senders);
    }
    const message = traffic.message ?? CHAT;
    if (traffic.message === undefined && traffic.from === undefined) {
      problems.add(
        'SCENARIO_MISSING',
        path,
        `${pathText([...path, 'message'])} is missing`,
        'Say what is sent: message: { kind: fraud-alert, sensitivity: high }.',
      );
    }
    const { kind, sensitivity, locale, length, attachment } = message;
    if (attachment !== undefined && world.attachments !== true) {
      problems.add(
        'SCENARIO_ATTACHMENT',
        [...path, 'message', 'attachment'],
        `${path.join('.')}: there is no store for its file`,
        'Add attachments: on to the world.',
      );
    }
    if (!MESSAGE_KINDS.includes(kind)) {
      problems.unknown([...path, 'message', 'kind'], 'message kind', kind, MESSAGE_KINDS);
    }
    if (locale !== undefined && !LOCALE_NAMES.includes(locale)) {
      problems.unknown([...path, 'message', 'locale'], 'locale', locale, LOCALE_NAMES);
    }
    const startMicros = traffic.during?.startMicros ?? traffic.at ?? 0;
    const endMicros =
      traffic.during?.endMicros ?? (traffic.at === undefined ? durationMicros : startMicros);
    if (endMicros > durationMicros) {
      problems.add(
        'SCENARIO_OUTSIDE_DURATION',
        [...path, traffic.during === undefined ? 'at' : 'during'],
        `${path.join('.')} goes on after the scenario's duration`,
        'Make the duration longer or the window shorter.',
      );
    }
    const plan: TrafficPlan = {
      name,
      from: traffic.from ?? null,
      to,
      arrivals: resolveArrivals(traffic, path, problems),
      startMicros,
      endMicros,
      repeat: traffic.repeat ?? 0,
      message: {
        kind,
        sensitivity,
        locale: locale ?? 'en',
        length: length ?? null,
        ...(attachment !== undefined && { attachment: attachmentPlan(attachment) }),
      },
      resubmit: traffic.resubmit ?? 0,
      ...(traffic.by === 'sms' && { by: traffic.by }),
      ...(traffic.tap !== undefined && { tap: traffic.tap }),
      ...(traffic.share !== undefined && { share: traffic.share }),
      ...(traffic.typing === true && { typing: traffic.typing }),
      ...(traffic.group === true && { group: traffic.group }),
      ...actOf(traffic),
      ...(traffic.vanish !== undefined && { vanishMicros: traffic.vanish }),
    };
    checkCount(plan, path, problems);
    return plan;
  });
}
