import type { ModuleStore } from 'bellwether/module';
import { sameText } from './seal.ts';
import type { Vault } from './seal.ts';

/** A device of a person, as the app or the account system registered it. */
export interface Device {
  readonly id: string;
  readonly platform: string;
  readonly provider: 'apns' | 'fcm';
  /** Null once the push service said that it is gone, until it is registered again. */
  readonly pushToken: string | null;
}

export interface Person {
  readonly id: string;
  readonly msisdn: string;
  /** Keyed digest of the sign-in code. */
  readonly codeDigest: string | null;
  /** May copies of what is sent to them be kept? */
  readonly archiveConsent: boolean;
  readonly devices: readonly Device[];
}

/** A person as the account system registers them; what is left out stays as it was. */
export interface PersonRegistration {
  readonly msisdn: string;
  readonly signInCode?: string | undefined;
  readonly archiveConsent?: boolean | undefined;
}

export interface DeviceRegistration {
  readonly platform: string;
  readonly provider?: 'apns' | 'fcm' | undefined;
  readonly pushToken?: string | null | undefined;
  readonly appToken?: string | null | undefined;
}

/** Who can be reached, kept in the store. */
export interface People {
  byId(id: string): Person | undefined;
  byMsisdn(msisdn: string): Person | undefined;
  put(id: string, registration: PersonRegistration): void;
  /** False when there is no such person. */
  putDevice(person: string, device: string, registration: DeviceRegistration): boolean;
  /** The push service says that this token is dead. A newer token stays. */
  forgetToken(person: string, device: string, token: string): void;
  /** Whose app calls with this bearer token? */
  byAppToken(token: string): { readonly person: string; readonly device: string } | undefined;
  codeMatches(person: string, code: string): boolean;
}

export function createPeople(store: ModuleStore, vault: Vault): People {
  const byId = (id: string): Person | undefined => store.get(`person/${id}`) as Person | undefined;
  const save = (person: Person): void => store.set(`person/${person.id}`, person);
  return {
    byId,
    byMsisdn: (msisdn) => {
      const id = store.get(`msisdn/${msisdn}`);
      return typeof id === 'string' ? byId(id) : undefined;
    },
    put: (id, { msisdn, signInCode, archiveConsent }) => {
      const before = byId(id);
      if (before !== undefined && before.msisdn !== msisdn) store.delete(`msisdn/${before.msisdn}`);
      const codeDigest =
        signInCode === undefined ? (before?.codeDigest ?? null) : vault.digest(signInCode);
      save({
        id,
        msisdn,
        codeDigest,
        archiveConsent: archiveConsent ?? before?.archiveConsent ?? false,
        devices: before?.devices ?? [],
      });
      store.set(`msisdn/${msisdn}`, id);
    },
    putDevice: (personId, id, registration) => {
      const person = byId(personId);
      if (person === undefined) return false;
      const provider = registration.provider ?? (registration.platform === 'ios' ? 'apns' : 'fcm');
      const pushToken = registration.pushToken || null;
      const device: Device = { id, platform: registration.platform, provider, pushToken };
      save({ ...person, devices: [...person.devices.filter((one) => one.id !== id), device] });
      if (registration.appToken) {
        const digest = vault.digest(registration.appToken);
        store.set(`app-token/${digest}`, { person: personId, device: id });
      }
      return true;
    },
    forgetToken: (personId, id, token) => {
      const person = byId(personId);
      if (person === undefined) return;
      const devices = person.devices.map((device) =>
        device.id === id && device.pushToken === token ? { ...device, pushToken: null } : device,
      );
      save({ ...person, devices });
    },
    byAppToken: (token) =>
      store.get(`app-token/${vault.digest(token)}`) as
        { readonly person: string; readonly device: string } | undefined,
    codeMatches: (personId, code) => {
      const digest = byId(personId)?.codeDigest;
      return typeof digest === 'string' && sameText(digest, vault.digest(code));
    },
  };
}
