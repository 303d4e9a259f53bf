/** How rules about files speak of them. */
import type { CaseView } from './view.ts';
import { subject } from './wording.ts';

interface AtPhone {
  readonly device: string;
  readonly message?: string;
}

/** `The file of Fraud alert alerts-3` */
export function fileOf(view: CaseView, { message }: AtPhone): string {
  const known = message === undefined ? undefined : view.byId.get(message);
  return known === undefined ? 'A file' : `The file of ${subject(known)}`;
}

export function placeOf({ device, message }: AtPhone) {
  return { device, ...(message !== undefined && { message }) };
}

/** Did a person send it, so that no implementation has to answer for it? */
export function isFromPerson(view: CaseView, { message }: AtPhone): boolean {
  const record = message === undefined ? undefined : view.byId.get(message)?.record;
  return record !== undefined && record.from !== null;
}
