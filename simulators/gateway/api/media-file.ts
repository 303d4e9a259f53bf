import type { MmsFile } from '../../protocol/mms/message.ts';
import type { MediumContent } from '../../protocol/rich-content.ts';

const LONGEST_NAME = 40;

/** A file of a multimedia message, named as in its address, as far as phones take such names. */
export function fileOf(url: string, { type, bytes }: MediumContent, index: number): MmsFile {
  const path = URL.parse(url)?.pathname ?? '';
  const written = path.slice(path.lastIndexOf('/') + 1).replaceAll(/[^\w.-]/g, '');
  const ending = type.slice(type.indexOf('/') + 1).replaceAll(/[^a-z0-9]/g, '');
  const name = written === '' ? `file-${index + 1}.${ending}` : written.slice(-LONGEST_NAME);
  return { type, name, bytes };
}
