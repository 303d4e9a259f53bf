/**
 * Texts that reached people and are no message of the plan. A word beforehand, an answer to an
 * opt-out and an advertisement look alike: nobody can tell here what they should have been, so that
 * they are counted and judged by no rule.
 */
import type { Transmission } from './records.ts';
import type { CaseView } from './view.ts';

/** Of a push and of a link the person sees only that there is something. */
const NOTICES: readonly string[] = ['app-push', 'secure-link'];

/** Somebody was shown an open text that holds nothing of what is planned, nor stands for it. */
function isUnrecognised(view: CaseView, transmission: Transmission): boolean {
  const { notified, displays, dispatches, control, refused } = transmission;
  if (notified.length === 0 || displays.length > 0 || dispatches.length === 0) return false;
  if (control || refused.length > 0) return false;
  if (dispatches.some(({ channel }) => NOTICES.includes(channel))) return false;
  return view.fold.attribution.messageOf(transmission) === null;
}

/** In the probe’s own cell its questions are such texts. */
export function unrecognisedTexts(view: CaseView): number {
  if (!view.judgesImplementation || view.fold.run.probes.length > 0) return 0;
  let count = 0;
  for (const transmission of view.transmissions) {
    if (isUnrecognised(view, transmission)) count++;
  }
  return count;
}
