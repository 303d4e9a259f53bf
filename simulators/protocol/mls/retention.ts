import type { ClientState, EpochReceiverData } from 'ts-mls';
import { addHistoricalReceiverData } from 'ts-mls/clientState.js';
import { allSecretTreeValues } from 'ts-mls/secretTree.js';

/** Overwrites key material that must not survive (RFC 9420 §9.2). */
export function erase(secrets: readonly (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

function eraseEpoch(epoch: EpochReceiverData): void {
  erase(allSecretTreeValues(epoch.secretTree));
  erase([epoch.senderDataSecret, epoch.resumptionPsk]);
}

/** The past epochs of a member that leaves its present one: that one and the newest before it. */
export function withCurrent(state: ClientState, keep: number): Map<bigint, EpochReceiverData> {
  const [grown] = addHistoricalReceiverData(state);
  const epochs = [...grown].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(keep === 0 ? [] : epochs.slice(-keep));
}

/**
 * `next` with the newest `keep` past epochs of `before`; the keys of all others are erased.
 * ts-mls drops those from its map but leaves their octets to the garbage collector.
 */
export function withRetention(next: ClientState, before: ClientState, keep: number): ClientState {
  const historicalReceiverData = withCurrent(before, keep);
  const [grown] = addHistoricalReceiverData(before);
  for (const [epoch, data] of [...before.historicalReceiverData, ...grown]) {
    if (!historicalReceiverData.has(epoch)) eraseEpoch(data);
  }
  return { ...next, historicalReceiverData };
}
