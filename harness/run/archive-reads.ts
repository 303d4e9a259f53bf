/**
 * What the implementation kept of each message, read as `archive:` of its description says, once
 * everything else is over. Whether it may have it is for the judges.
 */
import type { History } from '../../simulators/kernel/history.ts';
import type { Tap } from '../../simulators/network/tap.ts';
import type { World } from '../../simulators/world.ts';
import type { ArchiveReading, Conversation } from '../implementation/interface.ts';
import { findPersonal } from './personal-data.ts';
import type { AcceptedMessage, Submissions } from './submissions.ts';

/** A crowd's archive is read for so many messages, evenly spread over all. */
const MOST_READ = 500;
const BATCH = 16;
/** It says that it has nothing. */
const ABSENT: ReadonlySet<number> = new Set([204, 404, 410]);
const EMPTY: ReadonlySet<string> = new Set(['', 'null', '[]', '{}']);

export interface ArchiveReads {
  readonly world: Pick<World, 'recipientValues' | 'deviceValues'>;
  readonly history: Pick<History, 'append'>;
  readonly conversation: Pick<Conversation, 'archived'>;
  readonly submissions: Pick<Submissions, 'accepted'>;
  readonly tap: Tap;
}

function outcomeOf({ status, body }: ArchiveReading): 'kept' | 'absent' | 'unread' {
  if (status !== null && ABSENT.has(status)) return 'absent';
  if (status === null || status < 200 || status >= 300) return 'unread';
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
  return EMPTY.has(text.trim()) ? 'absent' : 'kept';
}

function spread(all: readonly AcceptedMessage[]): readonly AcceptedMessage[] {
  const step = Math.max(1, all.length / MOST_READ);
  const chosen: AcceptedMessage[] = [];
  for (let at = 0; at < all.length; at += step) {
    const one = all[Math.floor(at)];
    if (one !== undefined) chosen.push(one);
  }
  return chosen;
}

/** Reads every record there may be, and tells what stood in it. Nothing where none is described. */
export async function readArchive(reads: ArchiveReads): Promise<void> {
  const { world, history, conversation, submissions, tap } = reads;
  const ask = conversation.archived;
  if (ask === undefined) return;
  const readOne = async ({ message, person, id }: AcceptedMessage): Promise<void> => {
    const recipient = world.recipientValues(person);
    const values = { ...recipient, id, 'message.id': message };
    const reading = await ask(values);
    const outcome = outcomeOf(reading);
    const { status, failure, body } = reading;
    const told = [recipient, ...world.deviceValues(person)];
    const cause = history.append({
      kind: 'archive.read',
      message,
      person,
      outcome,
      status: status === null ? (failure ?? 'no answer') : String(status),
      bytes: Buffer.byteLength(body),
      personal: outcome === 'kept' ? findPersonal(body, told) : [],
    });
    if (body.length > 0) tap.scan(body, { cause });
  };
  const chosen = spread(submissions.accepted);
  for (let start = 0; start < chosen.length; start += BATCH) {
    await Promise.all(chosen.slice(start, start + BATCH).map(readOne));
  }
}
