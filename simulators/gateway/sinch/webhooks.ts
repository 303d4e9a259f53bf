/** Webhooks of the app beside the declared one: made by the API, told by trigger. */
import { readBodyFields } from '../../protocol/json/fields.ts';
import type { FieldProblem, FieldReader } from '../../protocol/json/fields.ts';
import type { SinchWebhook } from '../../protocol/sinch/webhook.ts';
import type { Call } from '../api/answer.ts';
import type { CallbackQueue } from '../api/callback-queue.ts';
import type { WebhookAddress } from '../api/gateway.ts';
import { declaredAddress, toldAddress } from '../api/told-address.ts';
import { invalid, ok, refuse } from './answer.ts';
import type { Routing, SinchContext } from './context.ts';

/** As the SDK has them; only those that this gateway tells ever come. */
const TRIGGERS = /^[A-Z][A-Z_]*$/;
/** “Maximum URL length is 742.” */
const LONGEST_TARGET = 742;

interface OwnWebhook {
  readonly id: string;
  readonly target: string;
  /** Empty: signed as the app's declared webhook. */
  readonly secret: string;
  readonly triggers: readonly string[];
}

export interface Webhooks {
  readonly all: ReadonlyMap<string, OwnWebhook>;
  put(webhook: OwnWebhook): void;
  delete(id: string): boolean;
}

export function createWebhooks(): Webhooks {
  const all = new Map<string, OwnWebhook>();
  return {
    all,
    put: (webhook) => all.set(webhook.id, webhook),
    delete: (id) => all.delete(id),
  };
}

function triggerOf(notification: SinchWebhook): string {
  if ('message_delivery_report' in notification) return 'MESSAGE_DELIVERY';
  return 'message' in notification ? 'MESSAGE_INBOUND' : 'CAPABILITY';
}

/**
 * Callbacks go to the declared webhook as ever, and to each other one that asked for their
 * trigger. One with the declared address is the declared one: nobody is told twice there.
 */
export function toldByTrigger(
  queue: CallbackQueue<SinchWebhook>,
  webhooks: Webhooks,
  address: () => WebhookAddress | undefined,
): CallbackQueue<SinchWebhook> {
  const push: CallbackQueue<SinchWebhook>['push'] = (callback) => {
    queue.push(callback);
    // A callback_url in a request takes the place of all webhooks.
    if (callback.to !== undefined || webhooks.all.size === 0) return;
    const trigger = triggerOf(callback.notification);
    const known = address();
    const declared = known === undefined ? undefined : declaredAddress(known).told;
    for (const { target, secret, triggers } of webhooks.all.values()) {
      if (target === declared || !triggers.includes(trigger)) continue;
      // What they tell is no news to the judges: the declared one has told it.
      const { taken: _taken, implies: _implies, meaning: _meaning, ...told } = callback;
      const key = secret === '' ? {} : { key: secret };
      queue.push({ ...told, ...key, to: toldAddress(target, known) });
    }
  };
  return Object.defineProperties(Object.create(queue) as CallbackQueue<SinchWebhook>, {
    push: { value: push },
  });
}

function webhookJson({ id, target, secret, triggers }: OwnWebhook, app_id: string): object {
  return { id, app_id, target, target_type: 'HTTP', secret, triggers, client_credentials: null };
}

/** What the body says, over what is there. */
function readWebhook(
  reader: FieldReader,
  before: Pick<OwnWebhook, 'target' | 'secret' | 'triggers'> | undefined,
): Pick<OwnWebhook, 'target' | 'secret' | 'triggers'> {
  const required = before === undefined;
  const like = { pattern: /^https?:\/\/[^/]/, like: 'an http or https URL' };
  const target = reader.string('target', { required, max: LONGEST_TARGET, ...like });
  const secret = reader.string('secret', { min: 0 });
  const triggers = reader.has('triggers') ? reader.strings('triggers') : before?.triggers;
  for (const trigger of triggers ?? []) {
    if (!TRIGGERS.test(trigger)) reader.refuse('triggers', `${trigger} is no trigger`);
  }
  reader.word('target_type', ['HTTP', 'DISMISS', 'GRPC']);
  reader.any('client_credentials');
  reader.any('id');
  return {
    target: target ?? before?.target ?? '',
    secret: secret ?? before?.secret ?? '',
    triggers: triggers ?? [],
  };
}

function changing(
  context: SinchContext,
  { request, what }: Routing,
  serve: (reader: FieldReader, problems: FieldProblem[]) => ReturnType<typeof ok>,
): Call {
  return {
    operation: 'query',
    what,
    seen: request.body,
    serve: () => {
      const problems: FieldProblem[] = [];
      const reader = readBodyFields(request.body, problems);
      if (reader === undefined) return invalid(problems);
      const app = reader.string('app_id');
      if (app !== undefined && app !== context.account.appId) {
        return refuse('NOT_FOUND', `The app ${app} was not found.`);
      }
      return serve(reader, problems);
    },
  };
}

/** POST /v1/projects/{project}/webhooks */
export function createWebhook(context: SinchContext, routing: Routing): Call {
  return changing(context, routing, (reader, problems) => {
    if (!reader.has('app_id')) reader.refuse('app_id', 'is missing', 'missing');
    const read = readWebhook(reader, undefined);
    reader.close();
    if (problems.length > 0) return invalid(problems);
    const made = { id: context.newId(), ...read };
    context.webhooks.put(made);
    return ok(webhookJson(made, context.account.appId));
  });
}

/** PATCH /v1/projects/{project}/webhooks/{webhook}; what the body leaves out stays. */
export function updateWebhook(context: SinchContext, routing: Routing): Call {
  return changing(context, routing, (reader, problems) => {
    const before = context.webhooks.all.get(routing.params['webhook'] ?? '');
    if (before === undefined) return refuse('NOT_FOUND', 'The webhook was not found.');
    const changed = { ...before, ...readWebhook(reader, before) };
    reader.close();
    if (problems.length > 0) return invalid(problems);
    context.webhooks.put(changed);
    return ok(webhookJson(changed, context.account.appId));
  });
}

function asking({ request, what }: Routing, serve: () => ReturnType<typeof ok>): Call {
  return { operation: 'query', what, seen: `${request.path}?${request.query}`, serve };
}

/** GET /v1/projects/{project}/webhooks/{webhook} */
export function getWebhook(context: SinchContext, routing: Routing): Call {
  return asking(routing, () => {
    const found = context.webhooks.all.get(routing.params['webhook'] ?? '');
    if (found === undefined) return refuse('NOT_FOUND', 'The webhook was not found.');
    return ok(webhookJson(found, context.account.appId));
  });
}

/** DELETE /v1/projects/{project}/webhooks/{webhook} */
export function deleteWebhook(context: SinchContext, routing: Routing): Call {
  return asking(routing, () =>
    context.webhooks.delete(routing.params['webhook'] ?? '')
      ? ok({})
      : refuse('NOT_FOUND', 'The webhook was not found.'),
  );
}

/** GET /v1/projects/{project}/apps/{app}/webhooks: those made by the API. */
export function listWebhooks(context: SinchContext, routing: Routing): Call {
  const { appId } = context.account;
  return asking(routing, () => {
    if (routing.params['app'] !== appId) return refuse('NOT_FOUND', 'The app was not found.');
    const all = [...context.webhooks.all.values()];
    return ok({ webhooks: all.map((webhook) => webhookJson(webhook, appId)) });
  });
}
