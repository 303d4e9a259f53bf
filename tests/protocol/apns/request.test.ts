import { describe, expect, it } from 'vitest';
import { APNS_REASONS } from '../../../simulators/protocol/apns/reasons.ts';
import type { ApnsPushType } from '../../../simulators/protocol/apns/request.ts';
import {
  apnsTarget,
  APNS_PUSH_TYPES,
  checkApnsPush,
  TOPIC_SUFFIXES,
  topicsOf,
} from '../../../simulators/protocol/apns/request.ts';

const APP = 'test.app';
const TOPICS = topicsOf(APP);

function check(headers: Record<string, string>, payload: unknown = { aps: { alert: 'x' } }) {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const read = checkApnsPush({ 'apns-topic': APP, ...headers }, body, TOPICS);
  return read.kind === 'refused' ? read.reason : read;
}

describe('a request to APNs', () => {
  it.each(APNS_PUSH_TYPES.filter((type) => type !== 'mdm'))(
    'of type %s needs the topic of that type',
    (type: ApnsPushType) => {
      const suffix = TOPIC_SUFFIXES[type] ?? '';
      const priority = type === 'background' ? '5' : '10';
      const typed = { 'apns-push-type': type, 'apns-priority': priority };
      expect(check({ ...typed, 'apns-topic': APP + suffix })).toMatchObject({ type });
      const wrong = suffix === '' ? `${APP}.voip` : APP;
      expect(check({ ...typed, 'apns-topic': wrong })).toBe('TopicDisallowed');
    },
  );

  it('says what its payload asks for, and takes the type from it when none is stated', () => {
    expect(check({})).toMatchObject({ type: 'alert', asks: 'visible', priority: 10 });
    const silent = { aps: { 'content-available': 1 } };
    expect(check({}, silent)).toMatchObject({ type: 'background', asks: 'silent' });
    expect(check({}, { aps: { badge: 3, 'content-available': 1 } })).toMatchObject({
      asks: 'visible',
    });
    expect(check({}, { custom: true })).toMatchObject({ type: 'alert', asks: 'other' });
  });

  it.each(['10', '5', '1'])('may have the priority %s', (priority) => {
    expect(check({ 'apns-priority': priority })).toMatchObject({ priority: Number(priority) });
  });

  it('may be changed by the notification service only when it is an alert', () => {
    const mutable = { aps: { alert: 'x', 'mutable-content': 1 } };
    expect(check({}, mutable)).toMatchObject({ mutable: true });
    const typed = { 'apns-push-type': 'background', 'apns-priority': '5' };
    expect(check(typed, mutable)).toMatchObject({ mutable: false });
  });

  it('counts the bytes of a collapse id, not its characters', () => {
    expect(check({ 'apns-collapse-id': 'é'.repeat(32) })).toMatchObject({ kind: 'push' });
    expect(check({ 'apns-collapse-id': 'é'.repeat(33) })).toBe('BadCollapseId');
  });

  it.each([
    ['not JSON', '{'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['nothing', ''],
  ])('needs a payload: %s is none', (_, payload) => {
    expect(check({}, payload)).toBe('PayloadEmpty');
  });

  it('is only for devices, by POST', () => {
    expect(apnsTarget('POST', '/3/device/ab')).toEqual({ kind: 'token', token: 'ab' });
    expect(apnsTarget('POST', '/3/device/')).toMatchObject({ reason: 'MissingDeviceToken' });
    expect(apnsTarget('PUT', '/3/device/ab')).toMatchObject({ reason: 'MethodNotAllowed' });
    expect(apnsTarget('POST', '/3/device/ab/c')).toMatchObject({ reason: 'BadPath' });
  });

  it('is refused with the status that Apple lists for each reason', () => {
    const statuses = new Set(Object.values(APNS_REASONS));
    expect([...statuses].toSorted((a, b) => a - b)).toEqual([
      400, 403, 404, 405, 410, 413, 429, 500, 503,
    ]);
  });
});
