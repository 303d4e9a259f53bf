/** Finds what is personal, besides the text, in what an implementation keeps. */
import type { PersonalDatum } from '../../simulators/kernel/events-implementation.ts';
import { layersOf } from '../../simulators/protocol/canary/scanner.ts';
import type { TemplateValues } from '../../simulators/protocol/template/template.ts';

/** Shorter than this it may stand anywhere by chance. */
const SHORTEST = 6;

/** Name of the template → what it is. */
const WHERE: Readonly<Record<string, PersonalDatum>> = {
  'recipient.msisdn': 'number',
  'recipient.name': 'name',
  'recipient.signInCode': 'sign-in-code',
  'device.pushToken': 'push-token',
  'device.appToken': 'app-token',
};

export interface PersonalHit {
  readonly what: PersonalDatum;
  /** `plain`, or the encodings from the outside in: `base64>gzip`. */
  readonly as: string;
}

interface Needle {
  readonly what: PersonalDatum;
  /** In lower case. */
  readonly text: string;
}

/** A number is the same with and without its plus sign. */
function needleOf(what: PersonalDatum, value: string): Needle {
  return { what, text: (what === 'number' ? value.replace(/^\+/, '') : value).toLowerCase() };
}

/** Is it there as a word of its own? A part of a longer one is none. */
function standsIn(text: string, needle: string): boolean {
  const goesOn = (char: string | undefined): boolean => /[\p{L}\p{N}]/u.test(char ?? '');
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
    if (!goesOn(text[at - 1]) && !goesOn(text[at + needle.length])) return true;
  }
  return false;
}

/** `values`: the person's and the devices' template values. What is their id counts as no name. */
function needlesOf(values: readonly TemplateValues[]): Needle[] {
  const id = values[0]?.['recipient.id']?.toLowerCase();
  return values.flatMap((one) =>
    Object.entries(WHERE).flatMap(([key, what]) => {
      const value = one[key] ?? '';
      const chance = value.length < SHORTEST || value.toLowerCase() === id;
      return chance ? [] : [needleOf(what, value)];
    }),
  );
}

/** Each datum once, by its simplest encoding. */
export function findPersonal(
  bytes: string | Uint8Array,
  values: readonly TemplateValues[],
): readonly PersonalHit[] {
  const layers = layersOf(bytes).map((one) => ({
    as: one.as,
    text: one.bytes.toString().toLowerCase(),
  }));
  const found = new Map<PersonalDatum, PersonalHit>();
  for (const { what, text: needle } of needlesOf(values)) {
    const layer = found.has(what) ? undefined : layers.find(({ text }) => standsIn(text, needle));
    if (layer !== undefined) found.set(what, { what, as: layer.as });
  }
  return [...found.values()];
}
