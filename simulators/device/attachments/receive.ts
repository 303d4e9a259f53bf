/**
 * A file that came with a message: fetched, held against its digest, opened and shown. What is not
 * what was told is never shown; a URL that ended is asked for anew. Beside that the harness tries,
 * in the phone's place, what must not succeed: the object without a signature, and the URL after it
 * has ended.
 */
import type { AttachmentPart } from '../../kernel/events-attachments.ts';
import { digestOf, openObject, readDescriptor } from '../../protocol/attachment/descriptor.ts';
import type { PartDescriptor } from '../../protocol/attachment/descriptor.ts';
import type { Phone } from '../phone.ts';
import { fetchObject } from './fetch-object.ts';
import { objectOf, placeOf, recordOffer } from './offer.ts';
import type { Offer } from './offer.ts';
import { refreshed } from './refresh.ts';
import type { Need } from './refresh.ts';

/** Tries for one file; the pause between two doubles from the first to the longest. */
const MOST_TRIES = 12;
const FIRST_PAUSE_MICROS = 2_000_000;
const LONGEST_PAUSE_MICROS = 30_000_000;
/** Wrong bytes so often: they are wrong in the store. */
const MOST_WRONG = 3;
/** After this moment past its end a URL must be closed. */
const AFTER_END_MICROS = 1_000_000;

/** What a message said of a file; nothing happens when that is no descriptor. */
export interface Arrived {
  readonly wire: string;
  readonly message: string | undefined;
  readonly descriptor: unknown;
}

export function receiveAttachment(phone: Phone, { wire, message, descriptor: raw }: Arrived): void {
  const descriptor = readDescriptor(raw);
  if (descriptor === undefined || phone.thief || phone.revoked) return;
  const { clock } = phone.context.ambient;
  const offer: Offer = { phone, wire, message, descriptor };
  for (const part of ['file', 'thumbnail'] as const) recordOffer(offer, part, false);
  clock.touch();
  run(offer).catch(phone.context.failed);
}

async function run(offer: Offer): Promise<void> {
  const { thumbnail, file } = offer.descriptor;
  if (objectOf(offer.phone, file) !== null) {
    await fetchObject(offer, 'file', file, 'unsigned');
    tryAfterEnd(offer, file);
  }
  // A preview is a kindness: without it the file itself comes all the same.
  if (thumbnail !== undefined) await getPart(offer, 'thumbnail', thumbnail);
  attempt({ offer, tries: 0, wrong: 0, asked: 0 });
}

function tryAfterEnd(offer: Offer, told: PartDescriptor): void {
  const { clock } = offer.phone.context.ambient;
  const untilMicros = (Date.parse(told.until) - clock.epochMillis()) * 1_000;
  if (untilMicros < 0) return;
  const task = (): void => {
    clock.touch();
    fetchObject(offer, 'file', told, 'after-expiry').catch(offer.phone.context.failed);
  };
  clock.after(untilMicros + AFTER_END_MICROS, task, { daemon: true });
}

interface Progress {
  readonly offer: Offer;
  readonly tries: number;
  readonly wrong: number;
  /** How often the sender was asked for another URL. */
  readonly asked: number;
}

function attempt(progress: Progress): void {
  const { phone } = progress.offer;
  phone.context.ambient.clock.touch();
  getFile(progress).catch(phone.context.failed);
}

function later(progress: Progress): void {
  const { clock } = progress.offer.phone.context.ambient;
  if (progress.tries + 1 >= MOST_TRIES) return;
  const pause = Math.min(LONGEST_PAUSE_MICROS, FIRST_PAUSE_MICROS * 2 ** progress.tries);
  clock.after(pause, () => attempt({ ...progress, tries: progress.tries + 1 }));
}

async function getFile(progress: Progress): Promise<void> {
  const { offer, wrong } = progress;
  const got = await getPart(offer, 'file', offer.descriptor.file);
  switch (got) {
    case 'shown':
      return;
    case 'wrong':
      if (wrong + 1 < MOST_WRONG) return later({ ...progress, wrong: wrong + 1 });
      return askAnew({ ...progress, wrong: 0 }, 'corrupt');
    case 'broken':
    case 'refused':
      return later(progress);
    case 'expired':
    case 'missing':
      return askAnew(progress, got);
  }
}

async function askAnew(progress: Progress, need: Need): Promise<void> {
  const { offer } = progress;
  const fresh = await refreshed(offer, need);
  if (fresh === undefined) return;
  if (fresh === 'again') return later(progress);
  const renewed: Offer = { ...offer, descriptor: { ...fresh, id: offer.descriptor.id } };
  recordOffer(renewed, 'file', true);
  if (objectOf(offer.phone, fresh.file) !== null) tryAfterEnd(renewed, fresh.file);
  // It has just been signed and ends soon: at once, and after a moment where that did not help.
  const { tries, asked } = progress;
  const next = { ...progress, offer: renewed, tries: tries + 1, asked: asked + 1 };
  if (next.tries >= MOST_TRIES) return;
  const { clock } = offer.phone.context.ambient;
  clock.after(asked === 0 ? 0 : FIRST_PAUSE_MICROS, () => attempt(next));
}

type PartOutcome = 'shown' | 'wrong' | 'broken' | 'refused' | 'expired' | 'missing';

/** Fetches, checks and shows one part. */
async function getPart(
  offer: Offer,
  part: AttachmentPart,
  told: PartDescriptor,
): Promise<PartOutcome> {
  const { outcome, bytes } = await fetchObject(offer, part, told, 'signed');
  if (outcome !== 'content') return outcome;
  const { history } = offer.phone.context.ambient;
  const reject = (reason: 'wrong-digest' | 'too-large' | 'not-opened'): PartOutcome => {
    history.append({ kind: 'attachment.rejected', ...placeOf(offer), part, reason });
    return 'wrong';
  };
  if (bytes.length > told.size) return reject('too-large');
  const verified = told.sha256 === digestOf(bytes);
  if (told.sha256 !== undefined && !verified) return reject('wrong-digest');
  const opened = openObject(told, bytes);
  if (opened === undefined) return reject('not-opened');
  const kind = 'attachment.displayed';
  history.append({ kind, ...placeOf(offer), part, verified, bytes: opened.length });
  return 'shown';
}
