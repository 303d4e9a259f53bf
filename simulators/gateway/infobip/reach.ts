import { MICROS_PER_MILLI } from '../../kernel/clock.ts';
import type { Meaning } from '../../kernel/events.ts';
import type { FieldProblem } from '../../protocol/json/fields.ts';
import { readJsonBody } from '../../protocol/json/fields.ts';
import { readCapabilityCheck, readRcsEvents } from '../../protocol/infobip/request.ts';
import { INFOBIP_STATUS } from '../../protocol/infobip/status.ts';
import type { InfobipCapabilityResult } from '../../protocol/infobip/webhook.ts';
import type { Call } from '../api/answer.ts';
import { noRcs } from '../api/message-life.ts';
import { toldAddress } from '../api/told-address.ts';
import { ok, refuse } from './answer.ts';
import { personOf } from './context.ts';
import type { InfobipContext, Routing } from './context.ts';

const NUMBER = /^\+?[1-9]\d{6,14}$/;
/** A larger check tells too much to be followed number by number. */
const MEANT_NUMBERS = 500;
/** From the answer until the network has been asked. */
const LOOKUP_MICROS = 50 * MICROS_PER_MILLI;

type Code = InfobipCapabilityResult['capabilityCheckResult']['code'];

function look(
  context: InfobipContext,
  number: string,
): { readonly code: Code; readonly meaning: readonly Meaning[]; readonly person?: string } {
  if (!NUMBER.test(number)) return { code: 'INVALID_DESTINATION_ADDRESS', meaning: [] };
  const person = personOf(context, number);
  if (person === undefined) return { code: 'UNREACHABLE', meaning: [] };
  if (context.outbox.probe(person) === undefined) {
    return { code: 'UNREACHABLE', meaning: noRcs(person), person };
  }
  const able: Meaning = {
    channels: ['rcs'],
    scope: { person },
    says: 'available',
    holds: 'capability-age',
  };
  return { code: 'ENABLED', meaning: [able], person };
}

function asking(asynchronous: boolean): (context: InfobipContext, routing: Routing) => Call {
  return (context, { request, what }) => {
    const { clock, ids } = context.ambient;
    const problems: FieldProblem[] = [];
    const json = readJsonBody(request.body, problems);
    const check =
      problems.length > 0 ? undefined : readCapabilityCheck(json, problems, asynchronous);
    const first = check?.phoneNumbers[0];
    const person = first === undefined ? undefined : personOf(context, first);
    return {
      operation: 'capability',
      what,
      seen: request.body,
      ...(person === undefined ? {} : { person }),
      serve: (_message, cause) => {
        if (check === undefined) return refuse(400, problems);
        const bulkId = ids.uuid();
        const asked = check.phoneNumbers.map((phoneNumber) => ({
          messageId: ids.uuid(),
          phoneNumber,
        }));
        const { notifyUrl } = check;
        if (notifyUrl === undefined) {
          const found = asked.map((each) => ({ ...each, ...look(context, each.phoneNumber) }));
          const results = found.map(({ messageId, phoneNumber, code }) => ({
            messageId,
            phoneNumber,
            code,
          }));
          const meant = found.length > MEANT_NUMBERS ? [] : found;
          return ok(
            { bulkId, capabilityCheckResults: results },
            meant.flatMap(({ meaning }) => meaning),
          );
        }
        clock.after(LOOKUP_MICROS, () => {
          for (const { messageId, phoneNumber } of asked) {
            const { code, meaning, person: of } = look(context, phoneNumber);
            context.webhook.push({
              notification: {
                capabilityCheckResult: { bulkId, messageId, phoneNumber, code },
              },
              event: code,
              cause,
              ...(of === undefined ? {} : { person: of }),
              ...(meaning.length === 0 ? {} : { meaning }),
              to: toldAddress(notifyUrl, context.address()),
            });
          }
        });
        const states = asked.map((each) => ({ ...each, status: 'PENDING_ENROUTE' }));
        return ok({ bulkId, capabilityCheckRequestStates: states });
      },
    };
  };
}

/** POST /rcs/2/capability-check/query */
export const queryCapability = asking(false);
/** POST /rcs/2/capability-check/notify */
export const notifyCapability = asking(true);

/** POST /rcs/1/events: typing and seen; phones show nothing of it. */
export function sendEvents(context: InfobipContext, { request, what }: Routing): Call {
  const { ids } = context.ambient;
  return {
    operation: 'event',
    what,
    seen: request.body,
    serve: () => {
      const problems: FieldProblem[] = [];
      const json = readJsonBody(request.body, problems);
      const events = problems.length > 0 ? undefined : readRcsEvents(json, problems);
      if (events === undefined) return refuse(400, problems);
      const messages = events.flatMap(({ destinations }) =>
        destinations.map(({ to, messageId }) => ({
          messageId: messageId ?? ids.uuid(),
          status: INFOBIP_STATUS.accepted,
          destination: to,
        })),
      );
      return ok({ bulkId: ids.uuid(), messages });
    },
  };
}
