/**
 * Topics: who is subscribed, and the two ways in which servers change that (Firebase, "Manage topic
 * subscriptions on the server": `topicSubscriptions` of FCM, and the older Instance ID service).
 */
import type { WireRequest } from '../network/wire.ts';
import type { TopicCondition } from '../protocol/fcm/condition.ts';
import { isTopicName } from '../protocol/fcm/condition.ts';
import type { PushAnswer } from './push-door.ts';
import { JSON_HEADERS, refuse } from './fcm-answers.ts';
import type { PushDirectory } from './push-directory.ts';

const REGISTRATION =
  /^\/v1\/projects\/([^/]+)\/registrations\/([^/]+)\/topicSubscriptions(?:\/([^/]+))?$/;
const BATCH = /^\/iid\/v1:batch(Add|Remove)$/;
/** Instance ID's own limit of a batch. */
const MOST_TOKENS = 1_000;

/** A request about topics that has been read. */
export interface TopicCall {
  readonly what: string;
  /** The project that it names; the older service names none. */
  readonly project: string | undefined;
  carryOut(): PushAnswer;
}

export interface FcmTopics {
  /** Undefined: the request is about something else. */
  read(request: WireRequest): TopicCall | undefined;
  /** Tokens of phones that are meant. */
  subscribers(includes: TopicCondition): readonly string[];
}

function done(body: unknown): PushAnswer {
  return {
    status: 200,
    headers: JSON_HEADERS,
    body: JSON.stringify(body),
    outcome: 'accepted',
    word: '200 OK',
  };
}

const BAD_TOPIC = refuse('INVALID_ARGUMENT', 'Invalid topic name');

interface BatchBody {
  readonly topic: string;
  readonly tokens: readonly string[];
}

function batchOf(body: Uint8Array): BatchBody | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    // SyntaxError: the caller answers INVALID_ARGUMENT.
    return undefined;
  }
  const { to, registration_tokens: tokens } = (value ?? {}) as Record<string, unknown>;
  const topic = typeof to === 'string' ? to.replace(/^\/topics\//, '') : '';
  if (!isTopicName(topic) || !Array.isArray(tokens) || tokens.length > MOST_TOKENS)
    return undefined;
  return { topic, tokens: tokens.map(String) };
}

export function createFcmTopics(handsets: PushDirectory): FcmTopics {
  /** token → topics */
  const subscriptions = new Map<string, Set<string>>();

  const isKnown = (token: string): boolean => {
    const handset = handsets.get(token);
    return handset !== undefined && handset.state() !== 'unregistered';
  };

  const change = (token: string, topic: string, subscribed: boolean): void => {
    const topics = subscriptions.get(token) ?? new Set();
    if (subscribed) topics.add(topic);
    else topics.delete(topic);
    subscriptions.set(token, topics);
  };

  const one = (token: string, topic: string, subscribed: boolean, path: string): PushAnswer => {
    if (!isTopicName(topic)) return BAD_TOPIC;
    if (!isKnown(token)) return refuse('UNREGISTERED', 'Requested entity was not found.');
    change(token, topic, subscribed);
    return done(subscribed ? { name: path, topicName: topic } : {});
  };

  const batch = (body: Uint8Array, subscribed: boolean): PushAnswer => {
    const asked = batchOf(body);
    if (asked === undefined) return refuse('INVALID_ARGUMENT', 'Invalid batch');
    const results = asked.tokens.map((token) => {
      if (!isKnown(token)) return { error: 'NOT_FOUND' };
      change(token, asked.topic, subscribed);
      return {};
    });
    return done({ results });
  };

  return {
    read: ({ method, path, query, body }) => {
      const older = BATCH.exec(path);
      if (older !== null && method === 'POST') {
        const subscribed = older[1] === 'Add';
        const what = `POST /iid/v1:batch${older[1] ?? ''}`;
        return { what, project: undefined, carryOut: () => batch(body, subscribed) };
      }
      const [, project, token, topic] = REGISTRATION.exec(path) ?? [];
      if (project === undefined || token === undefined) return undefined;
      const what = `${method} /v1/projects/{project}/registrations/{token}/topicSubscriptions`;
      const name = decodeURIComponent(token);
      if (method === 'POST' && topic === undefined) {
        const asked = new URLSearchParams(query).get('topic_name') ?? '';
        return { what, project, carryOut: () => one(name, asked, true, path.slice('/v1/'.length)) };
      }
      if (method !== 'DELETE' || topic === undefined) return undefined;
      return { what, project, carryOut: () => one(name, decodeURIComponent(topic), false, '') };
    },
    subscribers: (includes) =>
      [...subscriptions].filter(([, topics]) => includes(topics)).map(([token]) => token),
  };
}
