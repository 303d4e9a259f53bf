import type { Message } from '../message.ts';

/** A suggestion of RCS for Business that answers in the conversation. */
const reply = (text: string, postbackData: string) => ({ reply: { text, postbackData } });

/** What is answered by a tap. */
const ANSWERS = [reply('I will come', 'invitation=yes'), reply('Not this time', 'invitation=no')];

/** The path of an invitation's picture under our public address. */
export const INVITATION_PICTURE = '/pictures/invitation.png';

/** An AgentMessage's content: an invitation is a card with a picture and answers, else a text. */
export function contentOf({ kind }: Message, text: string, publicUrl: string): unknown {
  if (kind !== 'invitation') return { text };
  const media = { height: 'SHORT', contentInfo: { fileUrl: publicUrl + INVITATION_PICTURE } };
  const cardContent = { description: text, media, suggestions: ANSWERS };
  return { richCard: { standaloneCard: { cardOrientation: 'VERTICAL', cardContent } } };
}
