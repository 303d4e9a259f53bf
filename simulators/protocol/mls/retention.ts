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

/**
 * Keeps the newest `keep` past epochs of `state` and erases the keys of the others.
 * ts-mls drops those from its map but leaves their octets to the garbage collector.
 */
export function withRetention(state: ClientState, before: ClientState, keep: number): ClientState {
  const [grown] = addHistoricalReceiverData(before);
  const epochs = [...grown.keys()].sort((a, b) => (a < b ? -1 : 1));
  const kept = new Set(keep === 0 ? [] : epochs.slice(-keep));
  for (const [epoch, data] of before.historicalReceiverData) {
    if (!kept.has(epoch)) eraseEpoch(data);
  }
  const historicalReceiverData = new Map<bigint, EpochReceiverData>();
  for (const [epoch, data] of grown) {
    if (kept.has(epoch)) historicalReceiverData.set(epoch, data);
    else eraseEpoch(data);
  }
  return { ...state, historicalReceiverData };
}
