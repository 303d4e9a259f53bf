/**
 * Event Streams (events.twilio.com/v1), as far as messages go: webhook sinks get CloudEvents as
 * JSON, whose signature covers the address with the body's hash.
 */
import type { Ambient } from '../../kernel/ambient.ts';
import type { TwilioMessage } from '../../protocol/twilio/message.ts';
import type { Answer, Call } from '../api/answer.ts';
import type { CallbackAddress } from '../api/callback-scheme.ts';
import { answered, noContent, notFound, refuse, simpleCall } from './answer.ts';
import type { TwilioCallbacks, TwilioContext, TwilioRouting } from './context.ts';

interface Sink {
  readonly sid: string;
  readonly description: string;
  readonly destination: string;
  readonly createdMillis: number;
}

interface Subscription {
  readonly sid: string;
  readonly sinkSid: string;
  readonly description: string;
  readonly types: ReadonlySet<string>;
  readonly createdMillis: number;
}

export interface EventStreams {
  readonly sinks: Map<string, Sink>;
  readonly subscriptions: Map<string, Subscription>;
  /** Tells those who asked for `com.twilio.messaging.message.<status>`. */
  messageChanged(message: TwilioMessage): void;
}

export interface EventStreamsOptions {
  readonly ambient: Ambient;
  readonly callbacks: TwilioCallbacks;
  readonly addressOf: (told: string) => CallbackAddress;
}

const HOST = 'https://events.twilio.com';

export function createEventStreams(options: EventStreamsOptions): EventStreams {
  const { clock, ids } = options.ambient;
  const sinks = new Map<string, Sink>();
  const subscriptions = new Map<string, Subscription>();
  return {
    sinks,
    subscriptions,
    messageChanged: (message) => {
      if (subscriptions.size === 0) return;
      const type = `com.twilio.messaging.message.${message.status}`;
      for (const { types, sinkSid } of subscriptions.values()) {
        const sink = sinks.get(sinkSid);
        if (sink === undefined || !types.has(type)) continue;
        const time = new Date(clock.epochMillis()).toISOString();
        options.callbacks.push({
          notification: {
            kind: 'events',
            events: [
              {
                specversion: '1.0',
                id: `EZ${ids.hex(16)}`,
                type,
                source: `/2010-04-01/Accounts/${message.accountSid}/Messages/${message.sid}.json`,
                time,
                datacontenttype: 'application/json',
                dataschema: `${HOST}/v1/Schemas/MessagingMessage/Versions/1`,
                data: {
                  messageSid: message.sid,
                  accountSid: message.accountSid,
                  messageStatus: message.status,
                  to: message.to,
                  from: message.from,
                  timestamp: time,
                },
              },
            ],
          },
          event: type,
          to: options.addressOf(sink.destination),
          wire: `twilio:${message.sid}`,
        });
      }
    },
  };
}

function sinkResource({ sid, description, destination, createdMillis }: Sink): unknown {
  const date = new Date(createdMillis).toISOString();
  return {
    sid,
    description,
    sink_type: 'webhook',
    sink_configuration: { destination, method: 'POST', batch_events: false },
    status: 'active',
    date_created: date,
    date_updated: date,
    url: `${HOST}/v1/Sinks/${sid}`,
    links: {},
  };
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function createSink(context: TwilioContext, routing: TwilioRouting): Call {
  const { form } = routing;
  return simpleCall(routing, 'query', (): Answer => {
    if (form.first('SinkType') !== 'webhook') {
      return refuse(20001, { detail: 'SinkType: only webhook is simulated' });
    }
    const given = jsonOf(form.first('SinkConfiguration')) as { destination?: unknown } | null;
    const destination = given?.destination;
    if (typeof destination !== 'string') {
      return refuse(20001, { detail: 'SinkConfiguration has no destination' });
    }
    const { ids, clock } = context.ambient;
    const sink: Sink = {
      sid: `DG${ids.hex(16)}`,
      description: form.first('Description') ?? '',
      destination,
      createdMillis: clock.epochMillis(),
    };
    context.streams.sinks.set(sink.sid, sink);
    return answered(201, sinkResource(sink));
  });
}

export function deleteSink(context: TwilioContext, routing: TwilioRouting): Call {
  return simpleCall(routing, 'query', () =>
    context.streams.sinks.delete(routing.params['Sid'] ?? '') ? noContent() : notFound(routing),
  );
}

/** `Types` is repeated, each `{"type": "com.twilio.messaging.message.delivered", …}`. */
export function createSubscription(context: TwilioContext, routing: TwilioRouting): Call {
  const { form } = routing;
  return simpleCall(routing, 'query', (): Answer => {
    const sinkSid = form.first('SinkSid') ?? '';
    if (!context.streams.sinks.has(sinkSid)) return refuse(20001, { detail: 'SinkSid' });
    const types = form.all('Types').map((text) => {
      const type = (jsonOf(text) as { type?: unknown } | null | undefined)?.type;
      return typeof type === 'string' ? type : '';
    });
    if (types.length === 0 || types.includes('')) return refuse(20001, { detail: 'Types' });
    const { ids, clock } = context.ambient;
    const subscription: Subscription = {
      sid: `DF${ids.hex(16)}`,
      sinkSid,
      description: form.first('Description') ?? '',
      types: new Set(types),
      createdMillis: clock.epochMillis(),
    };
    const { sid, description, createdMillis } = subscription;
    context.streams.subscriptions.set(sid, subscription);
    const date = new Date(createdMillis).toISOString();
    return answered(201, {
      account_sid: context.account.sid,
      sid,
      sink_sid: sinkSid,
      description,
      date_created: date,
      date_updated: date,
      url: `${HOST}/v1/Subscriptions/${sid}`,
      links: { subscribed_events: `${HOST}/v1/Subscriptions/${sid}/SubscribedEvents` },
    });
  });
}

export function deleteSubscription(context: TwilioContext, routing: TwilioRouting): Call {
  return simpleCall(routing, 'query', () =>
    context.streams.subscriptions.delete(routing.params['Sid'] ?? '')
      ? noContent()
      : notFound(routing),
  );
}
