import { doorOf, isClaimedDoor } from '../../../simulators/kernel/claimed-ways.ts';
import type { Claims } from '../../../simulators/kernel/claims.ts';
import type { RuleEntry } from '../../../simulators/kernel/rule-entry.ts';
import { Tally } from '../rule.ts';
import type { Rule } from '../rule.ts';
import type { Dispatch } from '../records.ts';
import { channelWords, plural } from '../wording.ts';

const entry: RuleEntry = {
  name: 'contract/unclaimed-channel',
  level: 'must',
  kind: 'safety',
  fails:
    'A message is dispatched on a channel, or through a gateway, push service or SMS centre, ' +
    'that the implementation does not claim.',
  hint:
    'Add it to claims.channels, claims.gateways, claims.push or claims.sms in ' +
    'implementation.yaml, or stop using it.',
  source: 'design: implementation contract, claims',
};

/** Seqs kept per channel or vendor. */
const KEPT = 10;

interface Used {
  /** `channels`, `push` … */
  readonly claim: 'channels' | 'gateways' | 'push' | 'sms';
  readonly name: string;
  readonly words: string;
  count: number;
  readonly seqs: number[];
}

/** What of such a dispatch is not claimed; the channel before who carries it. */
function unclaimedOf({ channel, component }: Dispatch, claims: Claims): Used | undefined {
  const none = { count: 0, seqs: [] };
  if (!claims.channels.includes(channel)) {
    return { ...none, claim: 'channels', name: channel, words: `by ${channelWords(channel)}` };
  }
  const door = doorOf(component);
  if (door === undefined || isClaimedDoor(component, claims)) return undefined;
  const words = door.claim === 'sms' ? 'to an SMS centre (smpp)' : `through ${door.name}`;
  return { ...none, ...door, words };
}

/** The same answer for all dispatches of one channel at one door. */
class Answers {
  readonly #claims: Claims;
  readonly #known = new Map<string, Map<string, Used | undefined>>();
  readonly #used = new Map<string, Used>();

  constructor(claims: Claims) {
    this.#claims = claims;
  }

  of(dispatch: Dispatch): Used | undefined {
    const { channel, component } = dispatch;
    let known = this.#known.get(component);
    if (known === undefined) this.#known.set(component, (known = new Map()));
    if (!known.has(channel)) known.set(channel, this.#one(unclaimedOf(dispatch, this.#claims)));
    return known.get(channel);
  }

  /** One for all doors where the channel itself is not claimed. */
  #one(found: Used | undefined): Used | undefined {
    if (found === undefined) return undefined;
    const key = `${found.claim} ${found.name}`;
    const used = this.#used.get(key) ?? found;
    this.#used.set(key, used);
    return used;
  }

  used(): Iterable<Used> {
    return this.#used.values();
  }
}

export const unclaimedChannel: Rule = {
  entry,
  judge: (view) => {
    const tally = new Tally(entry);
    const answers = new Answers(view.claims);
    for (const transmission of view.transmissions) {
      for (const dispatch of transmission.dispatches) {
        tally.judged();
        const used = answers.of(dispatch);
        if (used === undefined) continue;
        used.count++;
        if (used.seqs.length < KEPT) used.seqs.push(dispatch.seq);
      }
    }
    for (const { claim, name, words, count, seqs } of answers.used()) {
      tally.find({
        seqs,
        expected: `one of claims.${claim}: ${view.claims[claim].join(', ') || 'none'}`,
        seen: `${plural(count, 'dispatch', 'dispatches')} on ${name}`,
        sentence:
          `${plural(count, 'message copy', 'message copies')} went out ${words}, which the ` +
          'implementation does not claim to use.',
      });
    }
    return tally.result();
  },
};
