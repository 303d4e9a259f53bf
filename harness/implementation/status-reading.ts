/** What was told of a message, in our words: one reading for polls, pushes and stdio. */
import { CHANNELS } from '../../simulators/kernel/words.ts';
import type { Channel } from '../../simulators/kernel/words.ts';
import { asText } from '../../simulators/protocol/template/json-pointer.ts';
import type { DescriptionDoc } from './description-schema.ts';
import type { StatusReading } from './interface.ts';
import { statusWordOf } from './status-words.ts';

type Described = Pick<NonNullable<DescriptionDoc['status']>, 'words' | 'channels'>;

/** One status as it came: `channel` and `encrypted` are whatever stood there. */
export interface ToldStatus {
  readonly raw: string;
  readonly channel: unknown;
  readonly encrypted: unknown;
  /** What was read, for the tap of implementation-api. */
  readonly body: string;
}

export type ReadStatus = (told: ToldStatus) => StatusReading;

/** So much of what is no channel or no truth value is kept, for the finding to show. */
const SHOWN_CHARACTERS = 80;

/** Names that the description gives to channels; one of them may stand for several. */
function declaredNames(channels: Described['channels']): ReadonlyMap<string, readonly Channel[]> {
  const names = new Map<string, Channel[]>();
  for (const name of channels?.none ?? []) names.set(name, []);
  for (const channel of CHANNELS) {
    for (const name of channels?.[channel] ?? []) {
      const meant = names.get(name);
      if (meant === undefined) names.set(name, [channel]);
      else meant.push(channel);
    }
  }
  return names;
}

/** Nothing is told by null, or by an empty text where a name could stand. */
function channelName(told: unknown): string | undefined {
  if (told === undefined || told === null || told === '') return undefined;
  return (asText(told) ?? JSON.stringify(told)).slice(0, SHOWN_CHARACTERS);
}

const TRUTHS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  ['true', true],
  [false, false],
  ['false', false],
]);

/** How statuses are read: by the words and names that the description declares. */
export function compileReading({ words, channels }: Described): ReadStatus {
  const names = declaredNames(channels);
  return ({ raw, channel: toldChannel, encrypted: toldEncrypted, body }) => {
    const word = statusWordOf(raw, words);
    const channel = channelName(toldChannel);
    const means = channel === undefined ? undefined : names.get(channel);
    const encrypted = TRUTHS.get(toldEncrypted);
    const odd = encrypted === undefined && toldEncrypted !== undefined && toldEncrypted !== null;
    return {
      raw,
      body,
      ...(word === undefined ? {} : { word }),
      ...(channel === undefined ? {} : { channel }),
      ...(means === undefined ? {} : { means }),
      ...(encrypted === undefined ? {} : { encrypted }),
      ...(odd ? { encryptedAs: JSON.stringify(toldEncrypted).slice(0, SHOWN_CHARACTERS) } : {}),
    };
  };
}
