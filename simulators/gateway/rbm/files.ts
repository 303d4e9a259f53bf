/** Files that agents upload or name by URL, for cards and messages (REST resource files). */
import type { WireRequest } from '../../network/wire.ts';
import { FieldError, objectAt, onlyFields, textAt } from '../../protocol/rbm/field-check.ts';
import { fileUrlAt } from '../../protocol/rbm/media.ts';
import { createBoundedMap } from '../api/bounded-map.ts';
import type { Call } from '../api/answer.ts';
import { ok } from './answer.ts';
import type { GatewayContext, Routing } from './gateway-context.ts';
import { readJson } from './read-json.ts';

/** Names of files that can be sent; the bytes themselves are not kept: no phone asks for them. */
export interface FileStore {
  /** The new file's name: `files/<id>`. */
  add(): string;
  has(name: string): boolean;
}

const REMEMBERED = 50_000;

export function createFileStore(nextId: () => string): FileStore {
  const names = createBoundedMap<true>(REMEMBERED);
  return {
    add: () => {
      const name = `files/${nextId()}`;
      names.set(name, true);
      return name;
    },
    has: (name) => names.get(name) === true,
  };
}

const FILE = new Set(['fileUrl', 'thumbnailUrl', 'contentDescription']);
const LONGEST_DESCRIPTION = 500;
/** Developer guide "Supported media types". */
const TYPES: ReadonlySet<string> = new Set([
  'application/pdf',
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

function created(context: GatewayContext, withThumbnail: boolean): string {
  const name = context.files.add();
  const thumbnail = withThumbnail ? { thumbnailName: context.files.add() } : {};
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
      fileUrlAt(fileUrl, 'file_url');
      if (thumbnailUrl !== undefined) fileUrlAt(thumbnailUrl, 'thumbnail_url');
      if (contentDescription !== undefined) {
        textAt(contentDescription, 'content_description', LONGEST_DESCRIPTION);
      }
      return ok(created(context, thumbnailUrl !== undefined));
    },
  };
}

function mediaType(value: string): string {
  return value.split(';', 1)[0]!.trim().toLowerCase();
}

/** The Content-Type of the file: of the body, or of the second part of multipart/related. */
function uploadedType(request: WireRequest, uploadType: string | undefined): string {
  const contentType = request.headers['content-type'] ?? '';
  if (uploadType === 'media') return mediaType(contentType);
  if (uploadType !== 'multipart') {
    throw new FieldError('uploadType', 'uploadType is media or multipart.');
  }
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (mediaType(contentType) !== 'multipart/related' || boundary === undefined) {
    throw new FieldError('', 'multipart/related with a boundary is expected.');
  }
  const text = Buffer.from(request.body).toString('latin1');
  const parts = text.split(`--${boundary}`).slice(1, -1);
  const type = /^content-type:\s*(.+?)\r?$/im.exec(parts[1]?.split(/\r?\n\r?\n/, 1)[0] ?? '')?.[1];
  if (parts.length !== 2 || type === undefined) {
    throw new FieldError('', 'Metadata and one file are expected.');
  }
  return mediaType(type);
}

/** POST /upload/v1/files */
export function uploadFile(context: GatewayContext, { request, what, query }: Routing): Call {
  return {
    operation: 'event',
    what,
    seen: request.body,
    serve: () => {
      const type = uploadedType(request, query.get('uploadType'));
      if (!TYPES.has(type)) throw new FieldError('', `Unsupported media type ${type}.`);
      if (request.body.length === 0) throw new FieldError('', 'The file is empty.');
      return ok(created(context, false));
    },
  };
}
