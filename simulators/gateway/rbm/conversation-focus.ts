import type { MlsContent } from '../../protocol/rbm/agent-message.ts';
import { inspect } from '../../protocol/mls/inspect.ts';
import { errorInfo } from '../../protocol/rbm/errors.ts';
import { refuse } from './answer.ts';
import type { Answer } from '../api/answer.ts';
import { createBoundedMap } from '../../kernel/bounded-map.ts';

/** The MLS group of one (agent, number), as far as a delivery service can see it. */
interface Group {
  /** Lower-case hex. */
  readonly id: string;
  readonly eraId: number;
  epoch: number;
  /** base64: of the present epoch, as its first message told; a fork makes it unknown. */
  authenticator: string | undefined;
  /** How many forks it has been through. */
  forks: number;
  /** Device ids that were welcomed to it. */
  readonly devices: Set<string>;
}

/** What is to be done with an MLS message that was accepted. */
export interface Routed {
  readonly kind: 'routed';
  readonly control: boolean;
  /** Lower-case hex. */
  readonly group: string;
  readonly epoch: number;
  /** The key packages that a Welcome uses up; undefined for everything else. */
  readonly references?: readonly string[];
  /** Device ids; undefined = all. */
  readonly devices: readonly string[] | undefined;
  /** Makes it so: a Commit moves the epoch, a Welcome lets devices in. */
  apply(): void;
}

/** The sender's view of the group is old. */
export interface Conflict {
  readonly kind: 'conflict';
  readonly answer: Answer;
  readonly reason: string;
  /** What the message is of. */
  readonly group: string;
  readonly epoch: number;
  /** What the conversation is in; absent where there is no group. */
  readonly present?: { readonly group: string; readonly epoch: number; readonly era: number };
}

/** What can be told of a message before its place in the group is judged. */
export interface MlsReading {
  readonly control: boolean;
  /** Judges it against the group as it is now. */
  route(number: string): Routed | Conflict;
}

/**
 * The conversation focus (GSMA RCC.16; RFC 9420 §14): puts the Commits of a group in one order by
 * accepting a handshake or application message only in the group's present epoch.
 */
export interface ConversationFocus {
  /** A refusal when these are not octets that belong here. */
  read(content: MlsContent): MlsReading | Answer;
  /** A key package was handed out, so that a Welcome that names it finds its device. */
  claimed(reference: string, deviceId: string): void;
  /** The device's keys are gone or new: until it is welcomed again it is in no group. */
  forget(number: string, deviceId: string): void;
  /**
   * A fault: another client of the same agent has committed. Each group that is there now is in an
   * epoch that its sender has not heard of; `met` is called when it next comes for one.
   */
  fork(met: (number: string) => void): void;
}

/** Numbers with a group, and claimed packages not yet in a Welcome; the oldest are forgotten. */
const MOST_GROUPS = 200_000;
const MOST_CLAIMS = 200_000;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function malformed(field: string, text: string): Answer {
  return refuse('INVALID_ARGUMENT', `Invalid value at 'content_message.mls.${field}': ${text}`);
}

interface Placed {
  readonly group: string;
  readonly epoch: number;
}

function conflict(
  reason: string,
  text: string,
  group: Group | undefined,
  placed: Placed,
): Conflict {
  const metadata: Record<string, string> =
    group === undefined
      ? {}
      : {
          groupId: Buffer.from(group.id, 'hex').toString('base64'),
          epoch: `${group.epoch}`,
          eraId: `${group.eraId}`,
        };
  return {
    kind: 'conflict',
    answer: refuse('ABORTED', text, { details: [errorInfo(reason, metadata)] }),
    reason,
    ...placed,
    ...(group !== undefined && {
      present: { group: group.id, epoch: group.epoch, era: group.eraId },
    }),
  };
}

export function createConversationFocus(): ConversationFocus {
  const groups = createBoundedMap<Group>(MOST_GROUPS);
  const claims = createBoundedMap<string>(MOST_CLAIMS);
  const forks: ((number: string) => void)[] = [];

  /** The group as it is now, with the forks that it went through since it was last asked for. */
  const groupOf = (number: string): Group | undefined => {
    const group = groups.get(number);
    if (group === undefined || group.forks === forks.length) return group;
    for (const met of forks.slice(group.forks)) met(number);
    group.epoch += forks.length - group.forks;
    group.forks = forks.length;
    group.authenticator = undefined;
    return group;
  };

  const routeWelcome = (
    number: string,
    content: MlsContent,
    id: string,
    epoch: number,
    references: readonly string[],
  ): Routed | Conflict => {
    const group = groupOf(number);
    const placed = { group: id, epoch };
    const known = group?.id === id;
    if (group !== undefined && known && content.eraId !== group.eraId) {
      return conflict('incorrect-era', 'This group is of another era.', group, placed);
    }
    if (group !== undefined && known && epoch !== group.epoch) {
      const text = `The group is in epoch ${group.epoch}, the Welcome leads into ${epoch}.`;
      return conflict('incorrect-epoch', text, group, placed);
    }
    if (group !== undefined && !known && content.eraId <= group.eraId) {
      const text = `A new group has to begin a new era: after ${group.eraId}.`;
      return conflict('incorrect-era', text, group, placed);
    }
    const devices: string[] = [];
    let everyKnown = true;
    for (const reference of references) {
      const device = claims.get(reference);
      if (device === undefined) everyKnown = false;
      else devices.push(device);
    }
    return {
      kind: 'routed',
      control: true,
      group: id,
      epoch,
      references,
      devices: everyKnown ? devices : undefined,
      apply: () => {
        const joined = known && group !== undefined ? group.devices : new Set<string>();
        for (const device of devices) joined.add(device);
        if (!known) {
          const { eraId, epochAuthenticator: authenticator } = content;
          groups.set(number, {
            id,
            eraId,
            epoch,
            authenticator,
            forks: forks.length,
            devices: joined,
          });
        }
      },
    };
  };

  const routeFrame = (
    number: string,
    { eraId, epochAuthenticator: authenticator }: MlsContent,
    id: string,
    epoch: number,
    type: 'application' | 'proposal' | 'commit',
  ): Routed | Conflict => {
    const group = groupOf(number);
    const placed = { group: id, epoch };
    if (group === undefined || group.id !== id) {
      return conflict('mls-group-not-found', 'This number has no such group.', group, placed);
    }
    if (eraId !== group.eraId) {
      return conflict('incorrect-era', `The group is in era ${group.eraId}.`, group, placed);
    }
    if (epoch !== group.epoch) {
      const text = `The group is in epoch ${group.epoch}, the message is of ${epoch}.`;
      return conflict('incorrect-epoch', text, group, placed);
    }
    const apart = group.authenticator !== undefined && group.authenticator !== authenticator;
    if (type === 'application' && apart) {
      const text = `This is another epoch ${epoch} than the conversation's.`;
      return conflict('incorrect-epoch-authenticator', text, group, placed);
    }
    return {
      kind: 'routed',
      control: type !== 'application',
      group: id,
      epoch,
      devices: [...group.devices],
      apply: () => {
        if (type !== 'commit') return;
        group.epoch++;
        group.authenticator = authenticator;
      },
    };
  };

  return {
    fork: (met) => {
      forks.push(met);
    },
    claimed: (reference, deviceId) => claims.set(reference, deviceId),
    forget: (number, deviceId) => {
      groups.get(number)?.devices.delete(deviceId);
    },
    read: (content) => {
      const seen = inspect(content.body);
      if (seen.kind === 'refused') {
        const where = seen.offset === undefined ? '' : ` (at octet ${seen.offset})`;
        return malformed('body', `not an MLSMessage: ${seen.detail}${where}`);
      }
      const handshakeType = content.contentType === 'message/mls-rcs-client';
      if (seen.wireFormat === 'welcome') {
        const { groupId, epoch } = content;
        if (!handshakeType) return malformed('contentType', 'a Welcome is message/mls-rcs-client.');
        if (groupId === undefined) return malformed('groupId', 'required with a Welcome.');
        if (epoch === undefined) return malformed('epoch', 'required with a Welcome.');
        const id = hex(groupId);
        return {
          control: true,
          route: (number) => routeWelcome(number, content, id, epoch, seen.keyPackageReferences),
        };
      }
      if (seen.wireFormat !== 'public-message' && seen.wireFormat !== 'private-message') {
        return malformed('body', `${seen.wireFormat} has no place in a conversation.`);
      }
      const { contentType: type, epoch } = seen;
      if (handshakeType !== (type !== 'application')) {
        return malformed('contentType', `the body is ${type}.`);
      }
      const id = hex(seen.groupId);
      if (content.groupId !== undefined && hex(content.groupId) !== id) {
        return malformed('groupId', 'the body is of another group.');
      }
      if (content.epoch !== undefined && content.epoch !== epoch) {
        return malformed('epoch', `the body is of epoch ${epoch}.`);
      }
      return {
        control: type !== 'application',
        route: (number) => routeFrame(number, content, id, epoch, type),
      };
    },
  };
}
