import type { Ambient } from '../../kernel/ambient.ts';
import type { BearerContent, Directory, RcsCore, SmsLine } from '../../network/bearer.ts';
import type { Tap } from '../../network/tap.ts';
import type { PersonMessage } from './gateway.ts';

/** A person's message at the gateway, about to become a callback. */
export interface PersonArrival extends PersonMessage {
  /** E.164 of the person. */
  readonly number: string;
  readonly messageId: string;
  readonly wire: string;
  readonly channel: 'rcs' | 'rcs-e2ee' | 'sms';
  /** seq of the event that brought it here. */
  readonly cause: number;
  /** To be handed to the callback: records that the business has it. */
  readonly taken: (callback: string, cause: number) => void;
}

/** What people write to the business. */
export interface PersonMessages {
  /** Through the person's carrier; lost, and recorded as that, where nothing leads to here. */
  send(written: PersonMessage): void;
}

export interface PersonMessagesOptions {
  readonly ambient: Ambient;
  readonly directory: Directory;
  readonly coreOf: (person: string) => RcsCore | undefined;
  /** Where the gateway has numbers that take texts; used by phones without RCS. */
  readonly smsOf?: (person: string) => SmsLine | undefined;
  readonly tap: Tap;
  readonly component: string;
  /** Of the wires: `rbm-user:`. */
  readonly prefix: string;
  /** The id that the vendor gives to it. */
  readonly idOf: () => string;
  readonly bring: (arrival: PersonArrival) => void;
}

interface Route {
  readonly path: string;
  readonly channel: PersonArrival['channel'];
  readonly leave: (wire: string, arrived: () => void) => void;
}

function channelOf(content: BearerContent): 'rcs' | 'rcs-e2ee' {
  return content.kind === 'mls' ? 'rcs-e2ee' : 'rcs';
}

export function createPersonMessages(options: PersonMessagesOptions): PersonMessages {
  const { ambient, directory, coreOf, smsOf, tap, component, prefix } = options;
  const { history } = ambient;

  const routeOf = ({ person, device, content, message }: PersonMessage): Route | undefined => {
    const core = coreOf(person);
    const line = content.kind === 'text' ? smsOf?.(person) : undefined;
    if (core !== undefined && (line === undefined || core.registered(person) !== undefined)) {
      return {
        path: core.path,
        channel: channelOf(content),
        leave: (wire, arrived) => core.fromPhone(device, content, wire, arrived, message),
      };
    }
    if (line === undefined || content.kind !== 'text') return undefined;
    return {
      path: line.path,
      channel: 'sms',
      leave: (wire, arrived) => line.fromPhone(device, content.text, wire, arrived, message),
    };
  };

  return {
    send: (written) => {
      const { person, device, content, message } = written;
      const number = directory.byId(person)?.plan.msisdn;
      const messageId = options.idOf();
      const wire = `${prefix}${messageId}`;
      const route = routeOf(written);
      if (route === undefined || number === undefined) {
        history.append({ kind: 'lost', wire, component: device });
        return;
      }
      const { channel } = route;
      const known = message === undefined ? {} : { message };
      // The root of the wire chain, so that an event of any hop leads back to the message.
      history.append({ kind: 'carried', wire, from: device, to: route.path, channel, ...known });
      const taken = (callback: string, cause: number): void => {
        const facts = { cause, wire, person, device, channel, callback } as const;
        history.append({ kind: 'business.received', ...facts, ...known });
      };
      route.leave(wire, () => {
        const hop = { wire, from: route.path, to: component, channel } as const;
        const cause = history.append({ kind: 'carried', ...hop, ...known });
        tap.scan(content.kind === 'text' ? content.text : content.body, { channel, wire, cause });
        options.bring({ ...written, number, messageId, wire, channel, cause, taken });
      });
    },
  };
}
