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

/** The text of one message; `length` pads it with further sentences (for long SMS). */
export function messageText(
  message: { readonly kind: string; readonly locale: string; readonly length: number | null },
  canary: string,
  label: string,
): string {
  const locale = LOCALES[message.locale] ?? LOCALES['en']!;
  const fake = locale.faker;
  fake.seed(fakerSeed(label));
  const words = locale.words[message.kind] ?? ENGLISH[message.kind as keyof typeof ENGLISH];
  let text = words(fake, canary);
  while (message.length !== null && text.length < message.length) {
    text += ` ${fake.lorem.sentence()}`;
  }
  return text;
}

export function personName(locale: string, label: string): string {
  const fake = (LOCALES[locale] ?? LOCALES['en']!).faker;
  fake.seed(fakerSeed(label));
  return fake.person.fullName();
}
