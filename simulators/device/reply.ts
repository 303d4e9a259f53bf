/** What a person answers to a business. */
import type { BearerContent } from '../network/bearer.ts';
import type { MlsMember } from '../protocol/mls/types.ts';
import type { Phone } from './phone.ts';

/** The latest group of this phone that the agent is in. */
function groupWith(phone: Phone, agent: string): MlsMember | undefined {
  if (phone.keysAreLost) return undefined;
  return [...phone.keys.groups.values()].findLast(
    (member) => member.active && member.members().some(({ identity }) => identity === agent),
  );
}

/** Now, or when the phone is on a network again. */
export function onceReachable(phone: Phone, bearer: 'rcs' | 'sms', task: () => void): void {
  if (phone.reachable(bearer)) {
    task();
    return;
  }
  let waiting = true;
  phone.onChange(() => {
    if (!waiting || !phone.reachable(bearer)) return;
    waiting = false;
    task();
  });
}

/**
 * Hands over the answer as it leaves the phone: encrypted when the conversation with `agent` (the
 * identity of its MLS leaf, `agent:ID`) is, else as text. Written without a network, it leaves
 * when there is one.
 */
export function reply(
  phone: Phone,
  agent: string,
  text: string,
  leave: (content: BearerContent) => void,
): void {
  const write = async (): Promise<void> => {
    const member = groupWith(phone, agent);
    if (member === undefined) {
      leave({ kind: 'text', text });
      return;
    }
    leave({
      kind: 'mls',
      contentType: 'message/mls',
      eraId: member.era ?? 1,
      epochAuthenticator: Buffer.from(member.epochAuthenticator).toString('base64'),
      body: await member.encrypt(Buffer.from(text)),
    });
  };
  onceReachable(phone, phone.plan.rcs ? 'rcs' : 'sms', () => phone.keys.queue(write));
}
