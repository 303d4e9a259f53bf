import type { Archive } from '../archive/archive.ts';
import { json, problem } from './answers.ts';
import type { Routes } from './answers.ts';

/** What the organisation keeps of a message, as ciphertext for its own key. */
export function archiveApi(archive: Archive): Routes {
  return {
    'GET /v1/archive/:id': ({ params }) => {
      const record = archive.find(params['id'] ?? '');
      if (record === undefined) return problem(404, 'not_archived', 'nothing is kept of this');
      return json(200, record);
    },
  };
}
