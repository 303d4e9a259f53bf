import type {
  ConversationFocus,
  FocusAnswer,
  FocusMessage,
  FocusPlace,
  FocusRefusal,
} from '../network/focus.ts';
import { inspect } from '../protocol/mls/inspect.ts';
import { joinerOf } from '../protocol/mls/joiner.ts';
import type { Joiner } from '../protocol/mls/joiner.ts';

interface Place extends FocusPlace {
  epoch: number;
  /** base64; what the first message of an epoch said it is. */
  authenticator: string;
  ended: boolean;
  /** Of the present epoch; absent when whoever began it left none. */
  groupInfo: Uint8Array | undefined;
}

export interface FocusOptions {
  /** What the carriers know of a device that lets itself in: registered, and vouched for. */
  readonly admits?: (joiner: Joiner) => boolean;
}

const NUMBER = /^tel:(\+\d+)\//;

/** Conversations kept; the oldest are forgotten, and begin a new era when somebody writes. */
const MOST_CONVERSATIONS = 200_000;

/**
 * The conversation focus between people: of two Commits in one epoch it lets the first pass, and an
 * application message only in the present era and epoch, with that epoch's authenticator
 * (RFC 9420 §8.7), so that nobody goes on in a group of their own. One that is no member may let
 * itself in by a Commit when it is a device of these people that the carriers vouch for.
 */
export function createConversationFocus({
  admits = () => true,
}: FocusOptions = {}): ConversationFocus {
  const places = new Map<string, Place>();

  const refuse = (reason: FocusRefusal, place: Place | undefined): FocusAnswer => ({
    kind: 'refused',
    reason,
    ...(place !== undefined && {
      present: { group: place.group, era: place.era, epoch: place.epoch },
    }),
  });

  const keep = (conversation: string, place: Place): void => {
    places.delete(conversation);
    places.set(conversation, place);
    for (const oldest of places.keys()) {
      if (places.size <= MOST_CONVERSATIONS) return;
      places.delete(oldest);
    }
  };

  const welcome = (message: FocusMessage, place: Place | undefined): FocusAnswer => {
    const { into, eraId, epochAuthenticator, conversation } = message;
    if (into === undefined) return refuse('mls-group-not-found', place);
    if (place !== undefined && place.group === into.group) {
      if (place.era !== eraId) return refuse('incorrect-era', place);
      return into.epoch === place.epoch ? { kind: 'accepted' } : refuse('incorrect-epoch', place);
    }
    if (place !== undefined && eraId <= place.era) return refuse('incorrect-era', place);
    keep(conversation, {
      group: into.group,
      era: eraId,
      epoch: into.epoch,
      authenticator: epochAuthenticator,
      ended: false,
      groupInfo: message.groupInfo,
    });
    return { kind: 'accepted' };
  };

  /** Whose Commit from outside is not let in; null for everything else. */
  const intrusion = (message: FocusMessage, place: Place): FocusAnswer | null => {
    const joiner = joinerOf(message.body);
    if (joiner === undefined) return null;
    if (place.ended) return refuse('mls-group-has-end-mls', place);
    const [, number = ''] = NUMBER.exec(joiner.identity) ?? [];
    const belongs = message.conversation.split(' ').includes(number);
    return belongs && admits(joiner) ? null : refuse('invalid-commit', place);
  };

  return {
    groupInfo: (conversation, msisdn) => {
      const place = places.get(conversation);
      if (place?.groupInfo === undefined || !conversation.split(' ').includes(msisdn)) {
        return undefined;
      }
      const { group, era, epoch, groupInfo } = place;
      return { group, era, epoch, groupInfo };
    },
    submit: (message) => {
      const place = places.get(message.conversation);
      const seen = inspect(message.body);
      if (seen.kind === 'refused') {
        const { offset } = seen;
        return {
          ...refuse('unparsable-commit', place),
          ...(offset !== undefined && { offset }),
        } as FocusAnswer;
      }
      if (seen.wireFormat === 'welcome') return welcome(message, place);
      if (seen.wireFormat !== 'public-message' && seen.wireFormat !== 'private-message') {
        return refuse('unparsable-commit', place);
      }
      const group = Buffer.from(seen.groupId).toString('hex');
      if (place === undefined || place.group !== group) {
        return refuse('mls-group-not-found', place);
      }
      if (message.eraId !== place.era) return refuse('incorrect-era', place);
      if (seen.epoch !== place.epoch) return refuse('incorrect-epoch', place);
      if (seen.contentType === 'commit') {
        const refused = seen.newMember === true ? intrusion(message, place) : null;
        if (refused !== null) return refused;
        place.epoch++;
        place.groupInfo = message.groupInfo;
        place.authenticator = message.epochAuthenticator;
        place.ended ||= message.ends === true;
        return { kind: 'accepted' };
      }
      if (seen.contentType === 'application' && place.ended) {
        return refuse('mls-group-has-end-mls', place);
      }
      return message.epochAuthenticator === place.authenticator
        ? { kind: 'accepted' }
        : refuse('incorrect-epoch-authenticator', place);
    },
  };
}
