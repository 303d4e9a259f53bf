/** Files of messages and cards: by URL, or uploaded before (REST resources ContentInfo, files). */
import type { Medium } from '../rich-content.ts';
import { FieldError, objectAt, onlyFields, stringAt } from './field-check.ts';
import type { JsonObject } from './field-check.ts';

/** What a message says about a file: where a phone finds it, and what has to be uploaded. */
export interface Media {
  /** By its URL, or by the name of the file. */
  readonly medium: Medium;
  /** `files/<id>`: uploaded before. */
  readonly files: readonly string[];
}

const CONTENT_INFO = new Set(['fileUrl', 'thumbnailUrl', 'forceRefresh']);
const UPLOADED = new Set(['fileName', 'thumbnailName']);
const FILE_NAME = /^files\/[\w-]{1,128}$/;

export function fileUrlAt(value: unknown, at: string): string {
  const url = stringAt(value, at);
  const parsed = URL.parse(url);
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return url;
  throw new FieldError(at, `Invalid value at '${at}': a public http(s) URL is expected.`);
}

export function contentInfoAt(value: unknown, at: string): Media {
  const json = objectAt(value, at);
  onlyFields(json, CONTENT_INFO, at);
  const url = fileUrlAt(json['fileUrl'], `${at}.file_url`);
  const { forceRefresh, thumbnailUrl: thumbnail } = json;
  const thumbnailUrl =
    thumbnail === undefined ? undefined : fileUrlAt(thumbnail, `${at}.thumbnail_url`);
  if (forceRefresh !== undefined && typeof forceRefresh !== 'boolean') {
    throw new FieldError(`${at}.force_refresh`, 'force_refresh is true or false.');
  }
  const medium: Medium = {
    url,
    ...(thumbnailUrl !== undefined && { thumbnailUrl }),
    ...(forceRefresh === true && { forceRefresh }),
  };
  return { medium, files: [] };
}

function fileNameAt(value: unknown, at: string): string {
  const name = stringAt(value, at);
  if (FILE_NAME.test(name)) return name;
  throw new FieldError(at, `Invalid value at '${at}': the name that an upload gave is expected.`);
}

export function uploadedFileAt(value: unknown, at: string): Media {
  const json: JsonObject = objectAt(value, at);
  onlyFields(json, UPLOADED, at);
  const file = fileNameAt(json['fileName'], `${at}.file_name`);
  const { thumbnailName } = json;
  if (thumbnailName === undefined) return { medium: { url: file }, files: [file] };
  const thumbnailUrl = fileNameAt(thumbnailName, `${at}.thumbnail_name`);
  return { medium: { url: file, thumbnailUrl }, files: [file, thumbnailUrl] };
}

export function fileAt(value: unknown, at: string): Media {
  const file = fileNameAt(value, at);
  return { medium: { url: file }, files: [file] };
}
