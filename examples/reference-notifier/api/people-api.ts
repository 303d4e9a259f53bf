import { z } from 'zod';
import type { Delivery } from '../delivery/delivery.ts';
import type { People } from '../people.ts';
import { noContent, problem, readBody } from './answers.ts';
import type { Routes } from './answers.ts';

const personBody = z.object({
  msisdn: z.string().regex(/^\+[1-9]\d{4,14}$/, 'E.164'),
  signInCode: z.string().min(4).optional(),
  /** Consent is given, never assumed. */
  archiveConsent: z.union([z.boolean(), z.stringbool()]).optional(),
});

const optional = z.string().nullish();
const deviceBody = z.object({
  platform: z.string(),
  pushProvider: z.enum(['apns', 'fcm']).optional(),
  pushToken: optional,
  appToken: optional,
});

/** Registration of people and their devices, by the organisation's own systems. */
export function peopleApi(people: People, delivery: Delivery): Routes {
  return {
    'PUT /v1/users/:id': async ({ request, params }) => {
      const body = await readBody(request, personBody);
      if ('refusal' in body) return body.refusal;
      people.put(params['id'] ?? '', body.value);
      return noContent();
    },
    'PUT /v1/users/:id/devices/:device': async ({ request, params }) => {
      const body = await readBody(request, deviceBody);
      if ('refusal' in body) return body.refusal;
      const { platform, pushProvider: provider, pushToken, appToken } = body.value;
      const { id = '', device = '' } = params;
      const known = people.putDevice(id, device, { platform, provider, pushToken, appToken });
      if (!known) return problem(404, 'unknown_user', 'register the user first');
      delivery.wake(id);
      return noContent();
    },
  };
}
