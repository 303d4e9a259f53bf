/** Repetitions of one failed cell folded into who is to blame. */
import type { Blame, BlamePlay } from '../../simulators/kernel/blame.ts';
import type { CellVerdict } from '../../simulators/kernel/finding.ts';

/** `must` rules that found something and are not ignored. */
function failedRules({ rules }: CellVerdict): string[] {
  return rules
    .filter(({ level, ignored }) => level === 'must' && ignored === undefined)
    .flatMap(({ rule, findings }) => (findings.length > 0 ? [rule] : []));
}

export function playOf(
  implementation: string,
  peers: BlamePlay['peers'],
  verdict: CellVerdict,
): BlamePlay {
  const { verdict: word, why } = verdict;
  return { implementation, peers, verdict: word, rules: failedRules(verdict), why };
}

/** Everybody's repetitions; those with reference peers only where the planned ones are others. */
export interface Plays {
  readonly subject: BlamePlay;
  readonly reference: BlamePlay;
  readonly subjectWithReference: BlamePlay | null;
  readonly referenceWithReference: BlamePlay | null;
}

type Word = Pick<Blame, 'on' | 'sentence'>;

function wordOf(plays: Plays, shared: readonly string[]): Word {
  const { subject, reference, subjectWithReference, referenceWithReference } = plays;
  if (reference.verdict === 'not-applicable' || reference.verdict === 'error') {
    return { on: 'unknown', sentence: `The reference cannot play here: ${reference.why}` };
  }
  const withOthers = subjectWithReference?.verdict === 'pass';
  if (reference.verdict === 'pass') {
    if (withOthers) {
      const sentence =
        `${subject.implementation} fails only with these phones, and the reference does not: ` +
        'look at both.';
      return { on: 'pair', sentence };
    }
    const everyone = subjectWithReference === null ? '' : ', and fails with other phones too';
    const sentence =
      `The reference passes with the same seed: what failed is ` +
      `${subject.implementation}’s own${everyone}.`;
    return { on: 'implementation', sentence };
  }
  if (reference.verdict === 'inconclusive') {
    const sentence = `With the reference not enough was seen: ${reference.why}`;
    return { on: 'unknown', sentence };
  }
  if (withOthers && referenceWithReference?.verdict === 'pass') {
    const sentence =
      'The reference fails with these phones as well, and both pass with others: ' +
      'the phones are to blame.';
    return { on: 'peer', sentence };
  }
  const own = subject.rules.filter((rule) => !shared.includes(rule));
  if (shared.length === 0 && own.length > 0) {
    const others = reference.rules.join(', ') || reference.why;
    const sentence =
      `The reference fails here too, by other rules (${others}): ` +
      'look at the scenario as well.';
    return { on: 'implementation', sentence };
  }
  const rest = own.length === 0 ? '' : ` Only ${subject.implementation} breaks ${own.join(', ')}.`;
  const what = shared.join(', ') || 'what the scenario expects';
  const sentence =
    `The reference fails here as well (${what}): the scenario or the world is to blame, ` +
    `not the implementation.${rest}`;
  return { on: 'scenario', sentence };
}

/** `parting` is found elsewhere: it needs the histories. */
export function blameOf(plays: Plays): Omit<Blame, 'parting'> {
  const { subject, reference, subjectWithReference, referenceWithReference } = plays;
  const shared = subject.rules.filter((rule) => reference.rules.includes(rule));
  const others = [subjectWithReference, referenceWithReference].filter((play) => play !== null);
  return { ...wordOf(plays, shared), shared, plays: [subject, reference, ...others] };
}
