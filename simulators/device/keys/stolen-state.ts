/**
 * An observer with a copy of a phone's MLS state, as it was at one moment. It sees every later
 * message to the phone, and a few that the phone had opened before: forward secrecy says that it
 * cannot read those, healing that it cannot read on once the phone's keys were renewed. Nothing is
 * assumed; both are tried (RFC 9420 §16.6).
 */
import type { BearerMessage } from '../../network/bearer.ts';
import { inspect } from '../../protocol/mls/inspect.ts';
import type { KeyPackageSecrets, MlsMember } from '../../protocol/mls/types.ts';
import type { Phone } from '../phone.ts';
import { readMessage } from '../sight.ts';

const utf8 = new TextDecoder();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export class StolenState {
  readonly #phone: Phone;
  readonly #members = new Map<string, MlsMember>();
  readonly #packages: ReadonlyMap<string, KeyPackageSecrets>;

  constructor(phone: Phone, fault: string) {
    const { context, keys, path } = phone;
    this.#phone = phone;
    this.#packages = keys.packages.copy();
    for (const [group, member] of keys.groups) {
      this.#members.set(group, context.mls.deserialize(member.serialize()));
    }
    context.ambient.history.append({ kind: 'mls.stolen', device: path, fault });
    for (const { wire, body } of keys.opened) {
      keys.queue(() => this.#tryBefore(wire, body));
    }
  }

  /** What the phone had opened before the theft; on a copy, since order must not matter. */
  async #tryBefore(wire: string, body: Uint8Array): Promise<void> {
    const seen = inspect(body);
    if (seen.kind === 'refused' || !('groupId' in seen)) return;
    const member = this.#members.get(hex(seen.groupId));
    if (member === undefined) return;
    const copy = this.#phone.context.mls.deserialize(member.serialize());
    await this.#process(copy, wire, body, true);
  }

  /** Whatever comes to the phone, after the phone itself had it. */
  hear(message: BearerMessage): void {
    const { content, wire } = message;
    if (content.kind !== 'mls') return;
    this.#phone.keys.queue(async () => {
      const seen = inspect(content.body);
      if (seen.kind === 'refused') return;
      if (seen.wireFormat === 'welcome') {
        const { mls } = this.#phone.context;
        const secrets = seen.keyPackageReferences
          .map((reference) => this.#packages.get(reference))
          .filter((found) => found !== undefined);
        const joined = await mls.joinFromWelcome(content.body, secrets);
        if (joined.kind === 'joined') this.#members.set(hex(joined.member.groupId), joined.member);
        return;
      }
      if (!('groupId' in seen)) return;
      const member = this.#members.get(hex(seen.groupId));
      if (member !== undefined) await this.#process(member, wire, content.body);
    });
  }

  async #process(member: MlsMember, wire: string, body: Uint8Array, before = false): Promise<void> {
    const { context, path } = this.#phone;
    const { history, index } = context.ambient;
    const result = await member.process(body);
    const tried = { wire, thief: true, ...(before && { before }) } as const;
    if (result.kind === 'refused') {
      history.append({ kind: 'mls.refused', device: path, reason: result.reason, ...tried });
      return;
    }
    if (result.kind !== 'application') return;
    const message = readMessage(utf8.decode(result.plaintext), index)?.message;
    history.append({
      kind: 'mls.decrypted',
      device: path,
      group: hex(member.groupId),
      epoch: result.epoch,
      ...(message !== undefined && { message }),
      ...tried,
    });
  }
}
