/** Files that people send to an agent, and where the agent finds them (UserFile, FileInfo). */
import { createBoundedMap } from '../../kernel/bounded-map.ts';
import type { Call } from '../api/answer.ts';
import { ok, refuse } from './answer.ts';
import type { GatewayContext, Routing, UserFile } from './gateway-context.ts';

export interface UserFiles {
  /** The gateway's own address, before which the files are found. */
  servedAt(url: string): void;
  /** Keeps it; returns its address. */
  add(file: UserFile): string;
  get(id: string): UserFile | undefined;
}

const REMEMBERED = 10_000;

export function createUserFiles(nextId: () => string): UserFiles {
  const files = createBoundedMap<UserFile>(REMEMBERED);
  let base = '';
  return {
    servedAt: (url) => {
      base = url;
    },
    add: (file) => {
      const id = nextId();
      files.set(id, file);
      return `${base}/user-files/${id}`;
    },
    get: (id) => files.get(id),
  };
}

/** GET /user-files/{fileId} */
export function readUserFile(context: GatewayContext, routing: Routing): Call {
  const { what, params, request } = routing;
  return {
    operation: 'query',
    what,
    seen: request.path,
    serve: () => {
      const file = context.userFile(params['fileId'] ?? '');
      if (file === undefined) {
        return refuse('NOT_FOUND', 'Requested entity was not found.', { outcome: 'rejected' });
      }
      const headers = { 'content-type': file.mimeType };
      return { ...ok(''), body: file.body, headers };
    },
  };
}
