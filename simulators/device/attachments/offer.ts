/** What a phone was told of one file, and what the history says of it. */
import type { AttachmentPart } from '../../kernel/events-attachments.ts';
import type { AttachmentDescriptor, PartDescriptor } from '../../protocol/attachment/descriptor.ts';
import { signedSpan } from '../../protocol/s3/signature.ts';
import type { StoreCredentials } from '../../protocol/s3/signature.ts';
import type { Phone } from '../phone.ts';

/** Where the store of the world is, and each phone's own right to put something there. */
export interface AttachmentLines {
  readonly holds: (url: URL) => boolean;
  /** Where a phone puts files of its own. */
  readonly placeOf: (device: string) => {
    readonly url: string;
    readonly credentials: StoreCredentials;
  };
}

export interface Offer {
  readonly phone: Phone;
  readonly wire: string;
  readonly message: string | undefined;
  readonly descriptor: AttachmentDescriptor;
}

/** The fields that every event about an attachment at a phone has. */
export function placeOf({ phone, wire, message, descriptor }: Offer) {
  return {
    device: phone.path,
    person: phone.person,
    wire,
    ...(message !== undefined && { message }),
    attachment: descriptor.id,
  };
}

/** `bucket/key`; null when the URL leads to something else than the world's store. */
export function objectOf(phone: Phone, part: PartDescriptor): string | null {
  const url = new URL(part.url);
  if (phone.context.attachments?.holds(url) !== true) return null;
  return decodeURIComponent(url.pathname.slice(1));
}

/** Writes down what the phone was told of one part. */
export function recordOffer(offer: Offer, part: AttachmentPart, again: boolean): void {
  const told = offer.descriptor[part];
  if (told === undefined) return;
  const { history } = offer.phone.context.ambient;
  const span = signedSpan(new URL(told.url).searchParams);
  history.append({
    kind: 'attachment.offered',
    ...placeOf(offer),
    part,
    object: objectOf(offer.phone, told),
    lifeMicros: span === undefined ? null : span.lifeSeconds * 1_000_000,
    sha256: told.sha256 ?? null,
    encrypted: told.key !== undefined,
    ...(again && { again }),
  });
}
