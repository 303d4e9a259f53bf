/**
 * What people are sent: natural sentences by kind and locale, each with one canary. Faker gives the
 * names and amounts, seeded from the cell, so that the same plan always sends the same words.
 */
import { faker as german } from '@faker-js/faker/locale/de';
import { faker as english } from '@faker-js/faker/locale/en';
import type { Faker, FakerOptions } from '@faker-js/faker';
import { createRandom } from '../../simulators/kernel/random.ts';
import { createMersenneTwister } from './mersenne-twister.ts';

type Words = (fake: Faker, canary: string) => string;

/** Every kind in English; a locale that lacks one falls back to it. */
const ENGLISH = {
  'fraud-alert': (fake, canary) =>
    `Did you pay ${fake.finance.amount()} EUR at ${fake.company.name()}? ` +
    `If not, call us and name case ${canary}.`,
  'one-time-passcode': (_fake, canary) => `Your sign-in code is ${canary}. Never share it.`,
  'password-reset': (_fake, canary) =>
    `Somebody asked to reset your password. Use code ${canary} within ten minutes.`,
  appointment: (fake, canary) =>
    `Reminder: ${fake.person.fullName()} sees you tomorrow. Your reference is ${canary}.`,
  statement: (fake, canary) =>
    `Your ${fake.date.month()} statement is ready. Open it with reference ${canary}.`,
  marketing: (fake, canary) =>
    `${fake.company.name()} has 20 percent off ${fake.commerce.product()} today: code ${canary}.`,
  invitation: (fake, canary) =>
    `${fake.company.name()} invites you to its open day. Your ticket is ${canary}.`,
  incident: (fake, canary) =>
    `Incident ${canary}: ${fake.hacker.noun()} ${fake.hacker.ingverb()} fails in production.`,
  chat: (fake, canary) => `${fake.person.firstName()} asks: is ${canary} still the right code?`,
} satisfies Record<string, Words>;

const GERMAN: Partial<Record<keyof typeof ENGLISH, Words>> = {
  'fraud-alert': (fake, canary) =>
    `Haben Sie ${fake.finance.amount()} EUR bei ${fake.company.name()} bezahlt? ` +
    `Wenn nicht, rufen Sie uns an: Fall ${canary}.`,
  'one-time-passcode': (_fake, canary) => `Ihr Anmeldecode lautet ${canary}. Nicht weitergeben.`,
  appointment: (fake, canary) =>
    `Erinnerung: ${fake.person.fullName()} erwartet Sie morgen. Ihre Nummer ist ${canary}.`,
};

/**
 * The same words, drawn with less work. Only faker's main entry names its class, and that entry
 * loads every locale.
 */
function quick(of: Faker): Faker {
  const again = of.constructor as new (options: FakerOptions) => Faker;
  return new again({ locale: of.rawDefinitions, randomizer: createMersenneTwister() });
}

const LOCALES: Readonly<Record<string, { faker: Faker; words: Partial<Record<string, Words>> }>> = {
  en: { faker: quick(english), words: ENGLISH },
  de: { faker: quick(german), words: GERMAN },
};

export const MESSAGE_KINDS = Object.keys(ENGLISH);
export const LOCALE_NAMES = Object.keys(LOCALES);

/** A number for faker's own generator, drawn from ours. */
function fakerSeed(label: string): number {
  return createRandom(label).int(0, 0x7fff_ffff);
}

/** What is written of a message: one of a plan's kinds, in a locale, at least so long. */
export interface Wording {
  readonly kind: string;
  readonly locale: string;
  /** Pads it with further sentences (for long SMS). */
  readonly length: number | null;
}

/** Different texts of one wording; more of them would say nothing more about anybody. */
const VARIANTS = 64;
/** Stands for the canary while a variant is made: as long as one, and in no text. */
const PLACE = '\0'.repeat(12);

/** What stands before and after the canary. */
type Variant = readonly [before: string, after: string];

function makeVariant({ kind, locale, length }: Wording, label: string): Variant {
  const { faker: fake, words: own } = LOCALES[locale] ?? LOCALES['en']!;
  fake.seed(fakerSeed(label));
  const words = own[kind] ?? ENGLISH[kind as keyof typeof ENGLISH];
  let text = words(fake, PLACE);
  while (length !== null && text.length < length) text += ` ${fake.lorem.sentence()}`;
  const [before = '', after = ''] = text.split(PLACE);
  return [before, after];
}

/** Writes the texts of a cell; `number` counts the messages of a traffic. */
export type WriteText = (wording: Wording, canary: string, number: number) => string;

/**
 * Texts come from a few variants of each wording, made when first needed: faker takes longer for a
 * sentence than a message takes for its whole way. `label`: the cell's seed.
 */
export function createTexts(label: string): WriteText {
  const wordings = new Map<string, (Variant | undefined)[]>();
  return (wording, canary, number) => {
    const name = `${wording.kind}/${wording.locale}/${wording.length ?? ''}`;
    let variants = wordings.get(name);
    if (variants === undefined) wordings.set(name, (variants = []));
    const index = number % VARIANTS;
    const variant = (variants[index] ??= makeVariant(wording, `${label}/${name}/${index}`));
    return `${variant[0]}${canary}${variant[1]}`;
  };
}

export function personName(locale: string, label: string): string {
  const fake = (LOCALES[locale] ?? LOCALES['en']!).faker;
  fake.seed(fakerSeed(label));
  return fake.person.fullName();
}
