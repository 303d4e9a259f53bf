import { z } from 'zod';
import type { Attachments } from '../attachments/attachments.ts';
import type { Messages } from '../messages.ts';
import { bearerToken, json, problem, readBody } from './answers.ts';
import type { Routes } from './answers.ts';

const refreshBody = z.object({ reason: z.enum(['expired', 'missing', 'corrupt']) });

/** Fresh URLs for whoever has the message that came with the file. */
export function attachmentsApi(attachments: Attachments, messages: Messages): Routes {
  return {
    'POST /v1/attachments/:id/refresh': async ({ request, params }) => {
      const id = params['id'] ?? '';
      const token = bearerToken(request);
      if (token === undefined || !attachments.admits(id, token)) {
        return problem(401, 'unauthorized', 'the token of the file is needed');
      }
      const body = await readBody(request, refreshBody);
      if ('refusal' in body) return body.refusal;
      const message = messages.byId(id);
      if (message === undefined) return problem(404, 'not_found', 'no such file');
      if (body.value.reason !== 'expired') attachments.upload(message);
      const descriptor = await attachments.describe(message);
      return descriptor === null
        ? problem(404, 'not_found', 'no such file')
        : json(200, descriptor);
    },
  };
}
