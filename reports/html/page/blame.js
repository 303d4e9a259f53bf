import { h } from './dom.js';
import { facts, table } from './pieces.js';
import { clockOf } from './wording.js';

/** @typedef {import('../../../simulators/kernel/blame.ts').Blame} Blame */
/** @typedef {import('../../../simulators/kernel/blame.ts').PartingStep} PartingStep */

/** @param {PartingStep | null} step */
const stepText = (step) =>
  step === null ? 'nothing more' : `#${step.seq} ${clockOf(step.atMicros)} ${step.text}`;

/**
 * Who fails with whom, where the cell was played again with the reference.
 *
 * @param {Blame | undefined} blame
 */
export const blamePieces = (blame) => {
  if (blame === undefined) return [];
  const { sentence, plays, parting } = blame;
  return [
    h('h5', {}, 'Who fails with whom'),
    h('p', { class: 'sentence' }, sentence),
    table(
      'Played with the same seed',
      [
        { name: 'implementation', long: true },
        { name: 'phones' },
        { name: 'verdict' },
        { name: 'rules' },
      ],
      plays.map((play) => [
        play.implementation,
        play.peers === 'reference' ? 'Bellwether’s own' : 'as planned',
        play.verdict,
        play.rules.join(', ') || '–',
      ]),
    ),
    parting !== null &&
      facts([
        ['the story of', parting.message, 'wide'],
        ['here', stepText(parting.here), 'wide'],
        ['with the reference', stepText(parting.there), 'wide'],
      ]),
  ];
};
