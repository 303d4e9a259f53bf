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

export function createContacts(newId: () => string): Contacts {
  const contacts = new Map<string, SinchContact>();
  /** `RCS 4670…` → contact. */
  const owners = new Map<string, SinchContact>();
  const bare = (identity: string): string =>
    identity.startsWith('+') ? identity.slice(1) : identity;
  const keyOf = ({ channel, identity }: ChannelIdentity): string => `${channel} ${bare(identity)}`;

  const give = (contact: SinchContact, identities: readonly ChannelIdentity[]): SinchContact => {
    for (const each of identities) {
      contact.identities.set(each.channel, bare(each.identity));
      owners.set(keyOf(each), contact);
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
        const known = owners.get(keyOf(each));
        if (known === undefined) continue;
        const isGiven =
          identities.length === 1 && known.identities.get(each.channel) === bare(each.identity);
        return isGiven ? known : give(known, identities);
      }
      return create(identities, identities[0]?.identity ?? '');
    },
    create,
    delete: (id) => {
      const contact = contacts.get(id);
      if (contact === undefined) return false;
      for (const [channel, identity] of contact.identities) owners.delete(`${channel} ${identity}`);
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
