import type { ChannelIdentity, SinchChannel } from '../../protocol/sinch/request.ts';

export interface SinchContact {
  readonly id: string;
  displayName: string;
  readonly conversationId: string;
  /** By channel; an identity belongs to one contact. */
  readonly identities: Map<SinchChannel, string>;
}

/** Who an app has written to or heard from; a contact is made for whoever is new. */
export interface Contacts {
  byId(id: string): SinchContact | undefined;
  /** The contact of one of the identities, which then has all of them. */
  of(identities: readonly ChannelIdentity[]): SinchContact;
  create(identities: readonly ChannelIdentity[], displayName: string): SinchContact;
  delete(id: string): boolean;
  readonly all: readonly SinchContact[];
}

/** An identity, and whose it is. */
interface Owned {
  readonly contact: SinchContact;
  /** Without plus sign. */
  readonly identity: string;
}

export function withPlus(identity: string): string {
  return identity.startsWith('+') ? identity : `+${identity}`;
}

export function createContacts(newId: () => string): Contacts {
  const contacts = new Map<string, SinchContact>();
  /** By channel and identity: with its plus sign, as nearly all requests write it. */
  const owners = new Map<SinchChannel, Map<string, Owned>>();
  const ownersOn = (channel: SinchChannel): Map<string, Owned> => {
    const known = owners.get(channel) ?? new Map<string, Owned>();
    owners.set(channel, known);
    return known;
  };

  const give = (contact: SinchContact, identities: readonly ChannelIdentity[]): SinchContact => {
    for (const each of identities) {
      const key = withPlus(each.identity);
      const identity = key.slice(1);
      contact.identities.set(each.channel, identity);
      ownersOn(each.channel).set(key, { contact, identity });
    }
    return contact;
  };
  const create: Contacts['create'] = (identities, displayName) => {
    const contact = {
      id: newId(),
      displayName,
      conversationId: newId(),
      identities: new Map<SinchChannel, string>(),
    };
    contacts.set(contact.id, contact);
    return give(contact, identities);
  };
  return {
    byId: (id) => contacts.get(id),
    of: (identities) => {
      for (const each of identities) {
        const known = owners.get(each.channel)?.get(withPlus(each.identity));
        if (known === undefined) continue;
        const { contact, identity } = known;
        const isGiven =
          identities.length === 1 && contact.identities.get(each.channel) === identity;
        return isGiven ? contact : give(contact, identities);
      }
      return create(identities, identities[0]?.identity ?? '');
    },
    create,
    delete: (id) => {
      const contact = contacts.get(id);
      if (contact === undefined) return false;
      for (const [channel, identity] of contact.identities) {
        owners.get(channel)?.delete(withPlus(identity));
      }
      return contacts.delete(id);
    },
    get all() {
      return [...contacts.values()];
    },
  };
}

/** The contact as the API shows it. */
export function contactJson(contact: SinchContact): object {
  const identities = [...contact.identities].map(([channel, identity]) => ({
    channel,
    identity,
    app_id: '',
  }));
  return {
    id: contact.id,
    channel_identities: identities,
    channel_priority: [...contact.identities.keys()],
    display_name: contact.displayName,
    email: '',
    external_id: '',
    metadata: '',
    language: 'UNSPECIFIED',
  };
}
