import type { Meaning } from '../../kernel/events.ts';
import type { Call } from '../api/answer.ts';
import { noRcs } from '../api/message-life.ts';
import { generic, taken } from './answer.ts';
import { subscriberOf } from './context.ts';
import type { Routing, VonageContext } from './context.ts';

/** What every phone of RCS Universal Profile can show, in the words of Vonage's page. */
const FEATURES: readonly string[] = [
  'RICHCARD',
  'RICHCARD_CAROUSEL',
  'CREATE_CALENDAR_EVENT',
  'DIAL_PHONE_NUMBER',
  'OPEN_URL',
  'SHARE_LOCATION',
  'VIEW_LOCATION',
];
const NUMBER = /^[1-9]\d{6,14}$/;

function hasRcs(person: string): readonly Meaning[] {
  return [{ channels: ['rcs'], scope: { person }, says: 'available', holds: 'capability-age' }];
}

/** GET /v1/channel-manager/rcs/agents/{agent}/google/phones/{number}/capabilities */
export function capabilities(context: VonageContext, routing: Routing): Call {
  const { request, what, params, instance } = routing;
  const number = params['number'] ?? '';
  const person = subscriberOf(context, number)?.plan.id;
  return {
    operation: 'capability',
    what,
    seen: `${request.path}?${request.query}`,
    ...(person === undefined ? {} : { person }),
    serve: () => {
      if (!NUMBER.test(number)) {
        return { ...generic('not-found', instance(), 'Bad number.'), status: 400 };
      }
      if (person === undefined) return { ...generic('not-found', instance()) };
      if (context.outbox.probe(person) !== undefined) {
        return taken(200, { features: FEATURES }, hasRcs(person));
      }
      const answer = generic('not-found', instance(), 'The number cannot be reached by RCS.');
      return { ...answer, outcome: 'unavailable', meaning: noRcs(person) };
    },
  };
}
