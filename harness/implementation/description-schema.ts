/** The shape of implementation.yaml (docs/implementations.md); placeholders stay as text here. */
import { z } from 'zod';
import { CHANNELS } from '../../simulators/kernel/words.ts';
import { policySchema } from '../scenario/schema.ts';
import { duration, onOff } from '../scenario/units.ts';
import { REACHES } from './reach-words.ts';

const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
/** Any JSON; strings in it are templates. */
const body: z.ZodType = z.unknown();
const words = z.array(z.string()).min(1);

const call = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  path: z.string(),
  query: fields.optional(),
  headers: fields.optional(),
  body: body.optional(),
  form: fields.optional(),
  text: z.string().optional(),
});

/** A JSON Pointer (RFC 6901), `{ query: name }` for pushed statuses, or a regular expression. */
const place = z.union([z.string(), z.strictObject({ query: z.string() })]);

const statusWords = z.strictObject({
  queued: words.optional(),
  sent: words.optional(),
  delivered: words.optional(),
  read: words.optional(),
  failed: words.optional(),
});

/** Names of its own for channels: one may stand under several, or under `none` for no channel. */
const channelNames = z.strictObject({
  'app-push': words.optional(),
  imessage: words.optional(),
  'rcs-e2ee': words.optional(),
  rcs: words.optional(),
  'secure-link': words.optional(),
  mms: words.optional(),
  sms: words.optional(),
  none: words.optional(),
});

const commandLine = z.array(z.string()).min(1);
const ready = z.strictObject({
  http: z.string().optional(),
  body: z.string().optional(),
  tcp: z.union([z.string(), z.int()]).transform(String).optional(),
  output: z.string().optional(),
  healthy: onOff.optional(),
  within: duration.optional(),
});

/** One command line, or several in the order of starting; the next waits until `ready` holds. */
const command = z.union([
  commandLine,
  z
    .array(z.union([commandLine, z.strictObject({ run: commandLine, ready: ready.optional() })]))
    .min(1),
]);

/** An image that is there, or a folder with a Dockerfile to make one of. */
const container = z.strictObject({
  image: z.string().optional(),
  build: z
    .union([
      z.string(),
      z.strictObject({
        context: z.string(),
        dockerfile: z.string().optional(),
        args: z.record(z.string(), z.string()).optional(),
      }),
    ])
    .optional(),
  command: commandLine.optional(),
  entrypoint: commandLine.optional(),
  /** Where it listens inside; `${port}`. */
  port: z.int().min(1).max(65_535).optional(),
  user: z.union([z.string(), z.int()]).transform(String).optional(),
  /** MiB */
  memory: z.int().min(4).optional(),
  /** Cores; 0.5 is half of one. */
  cpus: z.number().positive().optional(),
  processes: z.int().min(1).optional(),
});

const start = z.strictObject({
  command: command.optional(),
  container: container.optional(),
  url: z.string().optional(),
  module: z.string().optional(),
  files: z.record(z.string(), z.string()).optional(),
  env: fields.optional(),
  'working-directory': z.string().optional(),
  ready: ready.optional(),
  restart: z.enum(['on-crash', 'never']).optional(),
});

export const descriptionSchema = z.strictObject({
  bellwether: z.literal(1),
  implementation: z.string(),
  version: z.string(),
  summary: z.string().optional(),
  role: z.enum(['notifier', 'adapter', 'mls-client']),
  claims: z.strictObject({
    channels: z.array(z.enum(CHANNELS)).min(1),
    gateways: z.array(z.string()).optional(),
    sms: z.array(z.enum(['smpp'])).optional(),
    push: z.array(z.enum(['apns', 'fcm'])).optional(),
    callbacks: z.array(z.string()).optional(),
    idempotency: z.boolean().optional(),
    /** It sends files with its messages, by the attachment store. */
    attachments: z.boolean().optional(),
  }),
  start,
  reach: z.enum(REACHES).optional(),
  /** Hosts that it is known to ask for besides: refused like all others, and no finding. */
  outside: z.array(z.string()).optional(),
  send: z.union([
    z.strictObject({ stdio: z.literal(true) }),
    z.strictObject({
      request: call,
      accepted: z.strictObject({
        status: z.array(z.int()).min(1),
        id: z.string().optional(),
        body: z.string().optional(),
      }),
      busy: z.strictObject({ status: z.array(z.int()).min(1) }).optional(),
    }),
  ]),
  callbacks: z
    .record(
      z.string(),
      z.strictObject({
        path: z.string(),
        inbound: z.string().optional(),
        clientToken: z.string().optional(),
        public: z.string().optional(),
      }),
    )
    .optional(),
  status: z
    .strictObject({
      poll: z
        .strictObject({
          path: z.string(),
          headers: fields.optional(),
          state: z.string(),
          channel: z.string().optional(),
          encrypted: z.string().optional(),
          every: duration.optional(),
        })
        .optional(),
      push: z
        .strictObject({
          id: place,
          state: place,
          channel: place.optional(),
          encrypted: place.optional(),
        })
        .optional(),
      words: statusWords,
      channels: channelNames.optional(),
    })
    .optional(),
  registration: z.strictObject({ person: call.optional(), device: call.optional() }).optional(),
  app: z
    .strictObject({
      push: z.strictObject({ apns: z.string().optional(), fcm: z.string().optional() }),
      fetch: call.extend({ text: z.string(), attachment: z.string().optional() }).optional(),
      decrypt: z.strictObject({ field: z.string() }).optional(),
      inbox: call.extend({ items: z.string() }).optional(),
      receipt: call.optional(),
    })
    .optional(),
  link: z
    .strictObject({
      hosts: z.array(z.string()).min(1),
      'sign-in': z.strictObject({ fields }).optional(),
    })
    .optional(),
  /** Where the copy that it keeps of a message can be read, by whoever keeps its records. */
  archive: z.strictObject({ path: z.string(), headers: fields.optional() }).optional(),
  evidence: z
    .strictObject({ output: onOff.optional(), files: z.array(z.string()).optional() })
    .optional(),
  /** Observers who may see more here than the policy says, and why; printed in every report. */
  policy: z
    .strictObject({
      observers: policySchema.shape.observers.unwrap(),
      reason: z.string().min(5, { error: 'expected a reason; it is printed' }),
    })
    .optional(),
});

export type DescriptionDoc = z.output<typeof descriptionSchema>;
export type CallDoc = z.output<typeof call>;
