/** Files that agents upload or name by URL, for cards and messages (REST resource files). */
import type { WireRequest } from '../../network/wire.ts';
import type { Medium, MediumContent } from '../../protocol/rich-content.ts';
import { FieldError, objectAt, onlyFields, textAt } from '../../protocol/rbm/field-check.ts';
import { fileUrlAt } from '../../protocol/rbm/media.ts';
import { createBoundedMap } from '../../kernel/bounded-map.ts';
import type { Call } from '../api/answer.ts';
import { ok } from './answer.ts';
import type { GatewayContext, Routing } from './gateway-context.ts';
import { readJson } from './read-json.ts';

/** Files that can be sent. */
export interface FileStore {
  /** Where it is, or what it is. Returns the new file's name: `files/<id>`. */
  add(file: Medium): string;
  has(name: string): boolean;
  /** What its names stand for, where it has been uploaded; else itself. */
  resolve(medium: Medium): Medium;
}

const REMEMBERED = 10_000;

export function createFileStore(nextId: () => string): FileStore {
  const byName = createBoundedMap<Medium>(REMEMBERED);
  return {
    add: (file) => {
      const name = `files/${nextId()}`;
      byName.set(name, file);
      return name;
    },
    has: (name) => byName.get(name) !== undefined,
    resolve: (medium) => {
      const { url, thumbnailUrl } = medium;
      const file = byName.get(url);
      if (file === undefined) return medium;
      const preview = byName.get(thumbnailUrl ?? '')?.url ?? thumbnailUrl;
      return preview === undefined ? file : { ...file, thumbnailUrl: preview };
    },
  };
}

const FILE = new Set(['fileUrl', 'thumbnailUrl', 'contentDescription']);
const LONGEST_DESCRIPTION = 500;
/** Developer guide "Supported media types"; REST method files.create. */
const TYPES: ReadonlySet<string> = new Set([
  'application/ogg',
  'application/pdf',
  'audio/3gpp',
  'audio/aac',
  'audio/mp3',
  'audio/mp4',
  'audio/mp4-latm',
  'audio/mpeg',
  'audio/mpg',
  'audio/ogg',
  'image/jpeg',
  'image/jpg',
  'image/gif',
  'image/png',
  'video/h263',
  'video/m4v',
  'video/mp4',
  'video/mpeg4',
  'video/mpeg',
  'video/webm',
]);

/** Whether the service takes files of a type. */
export function takesFile(type: string): boolean {
  return TYPES.has(type);
}

function created({ files }: GatewayContext, file: Medium): string {
  const { thumbnailUrl: url } = file;
  const name = files.add(file);
  const thumbnail = url === undefined ? {} : { thumbnailName: files.add({ url }) };
  return JSON.stringify({ name, ...thumbnail });
}

/** POST /v1/files */
export function createFile(context: GatewayContext, { request, what }: Routing): Call {
  return {
    operation: 'event',
    what,
    seen: request.body,
    serve: () => {
      const json = objectAt(readJson(request.body), 'file');
      onlyFields(json, FILE, '');
      const { fileUrl, thumbnailUrl, contentDescription } = json;
      const url = fileUrlAt(fileUrl, 'file_url');
      const preview =
        thumbnailUrl === undefined
          ? {}
          : { thumbnailUrl: fileUrlAt(thumbnailUrl, 'thumbnail_url') };
      if (contentDescription !== undefined) {
        textAt(contentDescription, 'content_description', LONGEST_DESCRIPTION);
      }
      return ok(created(context, { url, ...preview }));
    },
  };
}

function mediaType(value: string): string {
  return value.split(';', 1)[0]!.trim().toLowerCase();
}

/** The file: the body, or the second part of multipart/related. */
function uploaded(request: WireRequest, uploadType: string | undefined): MediumContent {
  const contentType = request.headers['content-type'] ?? '';
  if (uploadType === 'media') return { type: mediaType(contentType), bytes: request.body };
  if (uploadType !== 'multipart') {
    throw new FieldError('uploadType', 'uploadType is media or multipart.');
  }
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (mediaType(contentType) !== 'multipart/related' || boundary === undefined) {
    throw new FieldError('', 'multipart/related with a boundary is expected.');
  }
  const text = Buffer.from(request.body).toString('latin1');
  const parts = text.split(`--${boundary}`).slice(1, -1);
  const part = parts[1] ?? '';
  const head = /^[^]*?\r?\n\r?\n/.exec(part)?.[0] ?? '';
  const type = /^content-type:\s*(.+?)\r?$/im.exec(head)?.[1];
  if (parts.length !== 2 || type === undefined) {
    throw new FieldError('', 'Metadata and one file are expected.');
  }
  // The line break before the next boundary is the boundary's (RFC 2046 §5.1.1).
  const bytes = Buffer.from(part.slice(head.length).replace(/\r?\n$/, ''), 'latin1');
  return { type: mediaType(type), bytes };
}

/** POST /upload/v1/files */
export function uploadFile(context: GatewayContext, { request, what, query }: Routing): Call {
  return {
    operation: 'event',
    what,
    seen: request.body,
    serve: () => {
      const content = uploaded(request, query.get('uploadType'));
      const { type, bytes } = content;
      if (!takesFile(type)) throw new FieldError('', `Unsupported media type ${type}.`);
      if (bytes.length === 0) throw new FieldError('', 'The file is empty.');
      return ok(created(context, { url: '', content }));
    },
  };
}
