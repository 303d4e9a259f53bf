import type { ClientState } from 'ts-mls';
import { openApplication } from './application-message.ts';
import type { Handled } from './application-message.ts';
import { memberAt } from './credential.ts';
import { sameBytes } from './crypto/bytes.ts';
import type { EngineContext } from './engine-context.ts';
import { handleHandshake } from './handshake-message.ts';
import { inspect } from './inspect.ts';
import type { InspectedFrame } from './inspect.ts';
import { decodeWhole, epochNumber, refusalOf, refused } from './refusal.ts';
import type { ProcessOptions, Refused } from './types.ts';

/** The group and epoch a message is for, judged before any key is touched. */
function checkAddress(
  context: EngineContext,
  state: ClientState,
  seen: InspectedFrame,
): Refused | undefined {
  if (!sameBytes(seen.groupId, state.groupContext.groupId)) {
    return refused('mls-group-not-found', 'the message is for another group');
  }
  const memberEpoch = epochNumber(state.groupContext.epoch);
  const isPast = seen.epoch < memberEpoch;
  const isKept = isPast && state.historicalReceiverData.has(BigInt(seen.epoch));
  const isReadable = seen.contentType === 'application' && isKept;
  if (seen.epoch !== memberEpoch && !isReadable) {
    const detail = `epoch ${seen.epoch}, member is in ${memberEpoch}`;
    return refused('incorrect-epoch', detail, { messageEpoch: seen.epoch, memberEpoch });
  }
  const isPrivateHandshake =
    seen.wireFormat === 'private-message' && seen.contentType !== 'application';
  if (isPrivateHandshake && context.refusePrivateHandshake) {
    return refused('commit-in-privatemessage', `${seen.contentType} in a PrivateMessage`);
  }
  if (seen.wireFormat === 'public-message' && seen.contentType === 'application') {
    return refused('unexpected-message', 'application data in a PublicMessage');
  }
  if (seen.contentType !== 'application' && state.groupActiveState.kind !== 'active') {
    return refused('not-a-member', `the group is ${state.groupActiveState.kind}`);
  }
  return undefined;
}

function checkPublicSender(state: ClientState, seen: InspectedFrame): Refused | undefined {
  if (seen.wireFormat !== 'public-message' || seen.senderLeafIndex === undefined) return undefined;
  if (seen.senderLeafIndex === state.privatePath.leafIndex) {
    return refused('own-message', 'sent by this member itself');
  }
  if (memberAt(state.ratchetTree, seen.senderLeafIndex) === undefined) {
    return refused('message-from-non-member', `leaf ${seen.senderLeafIndex} is blank`);
  }
  return undefined;
}

/** One message from a peer against one state. Never throws for what the octets are. */
export async function handleMessage(
  context: EngineContext,
  state: ClientState,
  bytes: Uint8Array,
  options: ProcessOptions,
): Promise<Handled | Refused> {
  if (bytes.length > context.maximumMessageBytes) {
    const offset = context.maximumMessageBytes;
    return refused('oversized', `${bytes.length} octets`, { offset });
  }
  const seen = inspect(bytes);
  if (seen.kind === 'refused') return seen;
  if (seen.wireFormat !== 'public-message' && seen.wireFormat !== 'private-message') {
    return refused('unexpected-message', `${seen.wireFormat} where a message should be`);
  }
  const misplaced = checkAddress(context, state, seen) ?? checkPublicSender(state, seen);
  if (misplaced !== undefined) return misplaced;
  const isApplication = seen.contentType === 'application';
  const fallback = isApplication
    ? 'failed-to-decrypt'
    : seen.contentType === 'commit'
      ? 'invalid-commit'
      : 'invalid-proposal';
  try {
    // A copy: keys and tree nodes taken from the message must not share the caller's buffer.
    const message = decodeWhole(Uint8Array.from(bytes));
    if (message.wireformat === 'mls_private_message') {
      return isApplication
        ? await openApplication(context, state, message.privateMessage)
        : await handleHandshake(
            context,
            state,
            { wireFormat: 'private-message', message: message.privateMessage },
            options,
          );
    }
    if (message.wireformat === 'mls_public_message') {
      return await handleHandshake(
        context,
        state,
        { wireFormat: 'public-message', message: message.publicMessage },
        options,
      );
    }
    return refused('unexpected-message', message.wireformat);
  } catch (error) {
    return refusalOf(error, fallback);
  }
}
