/** What one person sends another by MMS: words, pictures, and the page that presents them. */
import { MULTIPART_RELATED, SMIL } from './assignments.ts';
import type { ContentType, MmsPart } from './content.ts';

export interface MmsFile {
  /** A media type. */
  readonly type: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

const TEXT_LOCATION = 'text.txt';
const SMIL_ID = 'smil';

function regionOf({ type }: MmsFile): 'img' | 'video' | 'audio' | 'ref' {
  if (type.startsWith('image/')) return 'img';
  if (type.startsWith('video/')) return 'video';
  return type.startsWith('audio/') ? 'audio' : 'ref';
}

/** One slide, as the conformance document wants it (OMA-TS-MMS-CONF §7.1). */
function smilOf(words: boolean, files: readonly MmsFile[]): string {
  const shown = files
    .filter((file) => regionOf(file) !== 'ref')
    .map((file) => `<${regionOf(file)} src="${file.name}" region="Image"/>`);
  const text = words ? [`<text src="${TEXT_LOCATION}" region="Text"/>`] : [];
  const layout =
    '<layout><root-layout width="320" height="480"/>' +
    '<region id="Image" width="320" height="320" left="0" top="0" fit="meet"/>' +
    '<region id="Text" width="320" height="160" left="0" top="320"/></layout>';
  const body = `<par dur="8000ms">${[...shown, ...text].join('')}</par>`;
  return `<smil><head>${layout}</head><body>${body}</body></smil>`;
}

/** multipart/related with the page first. Words are left out where there are none. */
export function composeMms(
  words: string,
  files: readonly MmsFile[],
): { readonly content: ContentType; readonly parts: readonly MmsPart[] } {
  const page = Buffer.from(smilOf(words !== '', files));
  const parts: MmsPart[] = [
    { content: { type: SMIL }, id: SMIL_ID, location: 'smil.xml', body: page },
  ];
  if (words !== '') {
    const content = { type: 'text/plain', charset: 'utf-8' } as const;
    parts.push({ content, id: 'text', location: TEXT_LOCATION, body: Buffer.from(words) });
  }
  for (const [index, { type, name, bytes }] of files.entries()) {
    parts.push({ content: { type, name }, id: `file-${index + 1}`, location: name, body: bytes });
  }
  return { content: { type: MULTIPART_RELATED, start: SMIL_ID, rootType: SMIL }, parts };
}

export interface MmsRead {
  readonly words: string;
  readonly files: readonly MmsFile[];
}

function encodingOf({ charset }: ContentType): BufferEncoding {
  return charset === 'latin1' ? 'latin1' : 'utf8';
}

/** Words of several text parts are joined by line feeds; the page is for the eye only. */
export function readMmsParts(parts: readonly MmsPart[]): MmsRead {
  const texts: string[] = [];
  const files: MmsFile[] = [];
  for (const [index, { content, location, body }] of parts.entries()) {
    const { type } = content;
    if (type === SMIL) continue;
    if (type === 'text/plain') texts.push(Buffer.from(body).toString(encodingOf(content)));
    else files.push({ type, name: location ?? content.name ?? `part-${index}`, bytes: body });
  }
  return { words: texts.join('\n'), files };
}

const PLMN = /^(\+?\d{3,15})(?:\/TYPE=PLMN)?$/;

/** A number as MMS addresses it (OMA-TS-MMS_ENC §8). */
export function mmsAddress(msisdn: string): string {
  return `${msisdn}/TYPE=PLMN`;
}

/** Undefined for what is no telephone number: mail addresses, short codes in words. */
export function numberOf(address: string): string | undefined {
  return PLMN.exec(address)?.[1];
}
