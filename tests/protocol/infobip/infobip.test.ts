import { describe, expect, it } from 'vitest';
import type { FieldProblem } from '../../../simulators/protocol/json/fields.ts';
import { infobipError } from '../../../simulators/protocol/infobip/errors.ts';
import {
  readCapabilityCheck,
  readRcsEvents,
  readRcsSend,
  readSmsSend,
} from '../../../simulators/protocol/infobip/request.ts';
import { infobipTime, signInfobipCallback } from '../../../simulators/protocol/infobip/webhook.ts';

function problemsOf<T>(read: (value: unknown, problems: FieldProblem[]) => T, value: unknown) {
  const problems: FieldProblem[] = [];
  const result = read(value, problems);
  return { result, problems: problems.map(({ field, kind }) => `${kind} ${field}`) };
}

const destinations = [{ to: '441134960001' }];
const content = { type: 'TEXT', text: 'Some text' };
const message = { sender: 'DemoSender', destinations, content };
const failover = { sender: 'Demo', text: 'By SMS', validityPeriod: { amount: 2 } };

describe('POST /rcs/2/messages', () => {
  it('reads failover, validity and where reports go', () => {
    const { result, problems } = problemsOf(readRcsSend, {
      messages: [
        {
          ...message,
          options: {
            validityPeriod: { amount: 30, timeUnit: 'SECONDS' },
            smsFailover: failover,
            campaignReferenceId: 'c',
          },
          webhooks: {
            delivery: { url: 'https://a.example/d', receiveTriggeredFailoverReports: true },
            seen: { url: 'https://a.example/s' },
            callbackData: 'mine',
            contentType: 'application/json',
          },
        },
      ],
      options: { schedule: { bulkId: 'b' } },
    });
    expect(problems).toEqual([]);
    expect(result).toMatchObject({
      bulkId: 'b',
      messages: [
        {
          sender: 'DemoSender',
          destinations: [{ to: '441134960001', messageId: undefined }],
          content: { text: 'Some text' },
          validityMicros: 30_000_000,
          failover: { sender: 'Demo', text: 'By SMS', validityMicros: 120_000_000 },
          reporting: {
            url: 'https://a.example/d',
            seenUrl: 'https://a.example/s',
            everyStep: true,
            notify: true,
            callbackData: 'mine',
          },
        },
      ],
    });
  });

  it.each([
    [{}, ['missing messages']],
    [{ messages: [] }, ['invalid messages']],
    [{ messages: [{ ...message, destinations: [] }] }, ['invalid messages[0].destinations']],
    [{ messages: [{ ...message, sender: undefined }] }, ['missing messages[0].sender']],
    [
      { messages: [{ ...message, content: { type: 'POEM' } }] },
      ['invalid messages[0].content.type'],
    ],
    [
      { messages: [{ ...message, options: { smsFailover: { text: 'x' } } }] },
      ['missing messages[0].options.smsFailover.sender'],
    ],
    [
      { messages: [{ ...message, options: { smsFailover: failover, mmsFailover: {} } }] },
      ['invalid messages[0].options.mmsFailover'],
    ],
    [
      {
        messages: [{ ...message, options: { validityPeriod: { amount: 49, timeUnit: 'HOURS' } } }],
      },
      ['invalid messages[0].options.validityPeriod.amount'],
    ],
    [{ messages: [{ ...message, from: 'Demo' }] }, ['unknown messages[0].from']],
  ])('refuses %j', (value, expected) => {
    const { result, problems } = problemsOf(readRcsSend, value);
    expect(result).toBeUndefined();
    expect(problems).toEqual(expected);
  });

  it('shows cards with their suggestions', () => {
    const suggestions = [{ type: 'REPLY', text: 'Yes', postbackData: 'y' }];
    const card = {
      type: 'CARD',
      orientation: 'VERTICAL',
      alignment: 'LEFT',
      content: {
        title: 'T',
        description: 'D',
        media: { file: { url: 'https://a.example/i' }, height: 'TALL' },
        suggestions,
      },
    };
    const { result, problems } = problemsOf(readRcsSend, {
      messages: [{ ...message, content: card }],
    });
    expect(problems).toEqual([]);
    expect(result?.messages[0]?.content).toEqual({
      text: 'T\nD',
      suggestions: [{ label: 'Yes', postback: 'y', does: 'reply', inCard: true }],
      media: [{ url: 'https://a.example/i' }],
    });
  });
});

describe('the other requests', () => {
  it('has the same frame for SMS', () => {
    const { result } = problemsOf(readSmsSend, {
      messages: [{ ...message, content: { text: 'Hi' } }],
    });
    expect(result?.messages[0]?.content).toEqual({
      text: 'Hi',
      suggestions: [],
      media: [],
    });
  });

  it('asks for capabilities, with an address for the answer or without', () => {
    const ask = { sender: 'DemoSender', phoneNumbers: ['441134960001'] };
    const sync = (value: unknown, problems: FieldProblem[]) =>
      readCapabilityCheck(value, problems, false);
    const later = (value: unknown, problems: FieldProblem[]) =>
      readCapabilityCheck(value, problems, true);
    expect(problemsOf(sync, ask).problems).toEqual([]);
    expect(problemsOf(later, ask).problems).toEqual(['missing notifyUrl']);
    const notifyUrl = 'https://a.example/c';
    expect(problemsOf(sync, { ...ask, notifyUrl }).problems).toEqual(['unknown notifyUrl']);
  });

  it('sends typing and seen', () => {
    const event = { sender: 'D', destinations, content: { type: 'SEEN', messageId: 'm' } };
    expect(problemsOf(readRcsEvents, { events: [event] }).problems).toEqual([]);
    const without = { ...event, content: { type: 'SEEN' } };
    expect(problemsOf(readRcsEvents, { events: [without] }).problems).toEqual([
      'missing events[0].content.messageId',
    ]);
  });
});

describe('what goes back', () => {
  it('tells errors by a code and violations', () => {
    const problem = { field: 'messages', kind: 'missing', reason: 'is required' } as const;
    expect(infobipError(400, [problem])).toMatchObject({
      errorCode: 'E400',
      violations: [{ property: 'messages', violation: 'is required' }],
    });
    expect(infobipError(502)).toMatchObject({ errorCode: 'E502', action: 'Contact the support.' });
  });

  it('writes times with a zone without a colon', () => {
    expect(infobipTime(0)).toBe('1970-01-01T00:00:00.000+0000');
  });

  it('signs the body with HMAC SHA-256', () => {
    expect(signInfobipCallback('{}', 'secret')).toEqual({
      'x-hub-signature': '77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13',
    });
  });
});
