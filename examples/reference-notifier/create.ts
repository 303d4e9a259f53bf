import { createMlsEngine } from 'bellwether/protocol';
import type { CreateModule, ModulePorts } from 'bellwether/module';
import { appApi } from './api/app-api.ts';
import { archiveApi } from './api/archive-api.ts';
import { linkApi } from './api/link-api.ts';
import { messagesApi } from './api/messages-api.ts';
import { attachmentsApi } from './api/attachments-api.ts';
import { createArchive } from './archive/archive.ts';
import { sealFor } from './archive/seal-for.ts';
import { createAttachments } from './attachments/attachments.ts';
import type { Attachments } from './attachments/attachments.ts';
import { createStoreClient } from './attachments/store-client.ts';
import { picturesApi } from './api/pictures-api.ts';
import { peopleApi } from './api/people-api.ts';
import { rbmWebhook } from './api/rbm-webhook.ts';
import { sessionWebhook } from './api/session-webhook.ts';
import { repliesApi } from './api/replies-api.ts';
import { createApi } from './api/router.ts';
import type { ChannelSender } from './delivery/channel.ts';
import { createDelivery } from './delivery/delivery.ts';
import type { Delivery } from './delivery/delivery.ts';
import { createKnowledge } from './delivery/knowledge.ts';
import type { Service } from './delivery/knowledge.ts';
import { createLearning } from './delivery/learning.ts';
import { createLinkChannel } from './delivery/link-channel.ts';
import { createPushChannel } from './delivery/push-channel.ts';
import { createRcsChannel } from './delivery/rcs-channel.ts';
import type { RbmSubmitDeps } from './delivery/rbm-submit.ts';
import { createSmsChannel } from './delivery/sms-channel.ts';
import { createClaims } from './encryption/claims.ts';
import { createConversationStore } from './encryption/conversation-state.ts';
import { createE2eeChannel } from './encryption/e2ee-channel.ts';
import { createE2eeChoice, withinReach } from './encryption/e2ee-choice.ts';
import { createGroupKeeper } from './encryption/group-keeper.ts';
import { createLinks } from './links.ts';
import type { Channel } from './message.ts';
import { createMessages } from './messages.ts';
import { createOptOuts } from './opt-outs.ts';
import { createPeople } from './people.ts';
import { createReplies } from './replies.ts';
import type { Replies } from './replies.ts';
import { createVault } from './seal.ts';
import { readSettings } from './settings.ts';
import { createReceiptVerifier } from './sessions/receipt-verifier.ts';
import { createReplyKey } from './sessions/reply-key.ts';
import { createSessionChannel } from './sessions/session-channel.ts';
import type { SessionChannelDeps } from './sessions/session-channel.ts';
import { createSessionKeeper } from './sessions/session-keeper.ts';
import type { RbmSettings, SessionSettings, Settings } from './settings.ts';
import { createApnsClient } from './vendors/apns-client.ts';
import { createFcmClient } from './vendors/fcm-client.ts';
import { createRbmClient } from './vendors/rbm-client.ts';
import { createSessionClient } from './vendors/session-client.ts';
import { createSmppLink } from './vendors/smpp-link.ts';

type Senders = Partial<Record<Channel, ChannelSender>>;

/**
 * The reference notifier: one message in, the best allowed channel out, and a true word about what
 * became of it. Everything it needs from outside comes through `ports`, so the same code runs in a
 * harness's virtual time and as a process (`server.ts`).
 */
export const create: CreateModule = (ports) => {
  const settings = readSettings(ports);
  const policy = withinReach(settings.policy, { own: settings.rbm !== null });
  const { clock, store, uuid } = ports;
  const vault = createVault(ports);
  const people = createPeople(store, vault);
  const messages = createMessages(store, vault, uuid);
  const links = createLinks(store, vault, clock);
  const archiveKey = policy.archives ? settings.archiveKey : null;
  const seal = archiveKey === null ? null : sealFor(archiveKey, ports.random);
  const archive = createArchive({ store, people, messages, seal });
  const attachments = createAttachments({
    clock,
    random: ports.random,
    store,
    vault,
    policy,
    publicUrl: settings.publicUrl,
    client: settings.attachments === null ? null : createStoreClient(ports, settings.attachments),
  });
  const knowledge = createKnowledge({
    clock,
    store,
    capabilityAgeMs: policy.capabilityAgeMs,
    services: configured(settings),
  });
  const senders: Senders = {};
  const optOuts = createOptOuts(store, (person) => delivery.leave(person));
  const shared = { clock, uuid, policy, messages, people, knowledge, optOuts };

  const rbm = settings.rbm === null ? null : createRbmClient(ports, settings.rbm, policy.backOffMs);
  const submit: RbmSubmitDeps | null = rbm === null ? null : { ...shared, rbm };
  const learning =
    rbm === null ? null : createLearning({ clock, rbm, knowledge, backOffMs: policy.backOffMs });
  const delivery = createDelivery({ ...shared, learning, senders, log: ports.log });

  const { backOffMs } = policy;
  const sms =
    settings.smpp === null
      ? null
      : createSmppLink(ports, { settings: settings.smpp, knowledge, backOffMs });
  const smsChannel = sms === null ? null : createSmsChannel({ ...shared, sms, delivery, store });
  if (smsChannel !== null) senders.sms = smsChannel;
  sms?.onText((msisdn, text) => {
    const person = people.byMsisdn(msisdn);
    if (person !== undefined) optOuts.heard(person, text);
  });

  const tables = [
    messagesApi({ ...shared, vault, delivery, attachments, archive }),
    peopleApi(people, delivery),
    appApi({ ...shared, delivery, attachments }),
    linkApi({ links, messages, people, delivery, attachments, random: ports.random }),
    attachmentsApi(attachments, messages),
    archiveApi(archive),
    picturesApi(),
  ];
  const e2ee =
    settings.rbm === null || submit === null
      ? null
      : createE2ee(ports, settings.rbm, { ...shared, ...submit, vault, delivery, attachments });
  const replies = createReplies({
    ...shared,
    store,
    vault,
    reader: e2ee,
    heard: optOuts.heard,
    log: ports.log,
  });
  tables.push(repliesApi(replies));
  if (settings.rbm !== null && submit !== null && e2ee !== null) {
    senders.rcs = createRcsChannel({ ...shared, ...submit, publicUrl: settings.publicUrl });
    const { clientTokens, agentId } = settings.rbm;
    tables.push(
      rbmWebhook({
        ...shared,
        clientTokens,
        agentId,
        delivery,
        devices: e2ee,
        replies,
        log: ports.log,
      }),
    );
  }
  const session =
    settings.sessions === null
      ? null
      : createSessions(ports, settings.sessions, {
          ...shared,
          vault,
          delivery,
          attachments,
          replies,
        });
  if (session !== null) tables.push(session.routes);
  if (e2ee !== null || session !== null) {
    const ways = { own: e2ee, session: session?.channel ?? null };
    senders['rcs-e2ee'] = createE2eeChoice({ ...shared, ...ways });
  }
  replies.resume();
  const clients = {
    ...(settings.apns && { apns: createApnsClient(ports, settings.apns, policy.backOffMs) }),
    ...(settings.fcm && { fcm: createFcmClient(ports, settings.fcm, policy.backOffMs) }),
  };
  senders['app-push'] = createPushChannel({ ...shared, clients });
  const { publicUrl } = settings;
  senders['secure-link'] = createLinkChannel({
    ...shared,
    publicUrl,
    links,
    rbm: submit,
    sms: smsChannel?.submit ?? null,
  });

  // What a kill interrupted goes on under the same ids.
  sms?.start();
  for (const message of messages.open()) attachments.upload(message);
  for (const message of messages.open()) archive.keep(message);
  for (const message of messages.open()) delivery.take(message);
  return {
    fetch: createApi(tables, ports.log),
    stop: async () => {
      delivery.stop();
      await sms?.stop();
    },
  };
};

interface E2eeDeps extends RbmSubmitDeps {
  readonly people: ReturnType<typeof createPeople>;
  readonly vault: ReturnType<typeof createVault>;
  readonly attachments: Attachments;
  readonly delivery: Delivery;
}

function createE2ee(ports: ModulePorts, { agentId, trustAnchors }: RbmSettings, deps: E2eeDeps) {
  const engine = createMlsEngine({
    random: ports.random,
    nowSeconds: () => Math.floor(ports.clock.epochMillis() / 1000),
  });
  const { clock, random, uuid } = ports;
  const conversations = createConversationStore(ports.store, deps.vault, engine);
  const claim = createClaims({ engine, rbm: deps.rbm, clock, trustAnchors });
  const keeper = createGroupKeeper({
    engine,
    rbm: deps.rbm,
    claim,
    agentId,
    conversations,
    clock,
    random,
    uuid,
  });
  const { heard } = deps.delivery;
  return createE2eeChannel({ ...deps, conversations, keeper, heard });
}

type SessionsDeps = Omit<SessionChannelDeps, 'random' | 'client' | 'keeper'> & {
  readonly vault: ReturnType<typeof createVault>;
  readonly delivery: Delivery;
  readonly replies: Replies;
};

function createSessions(ports: ModulePorts, settings: SessionSettings, deps: SessionsDeps) {
  const { clock, store, random } = ports;
  const client = createSessionClient(ports, settings, deps.policy.backOffMs);
  const replyKey = createReplyKey(store, deps.vault, random);
  const { publicJwk } = replyKey;
  const keeper = createSessionKeeper({ clock, store, client, replyKey: publicJwk });
  const verifier = createReceiptVerifier(clock, client);
  return {
    channel: createSessionChannel({ ...deps, random, client, keeper }),
    routes: sessionWebhook({ ...deps, keeper, verifier, replyKey }),
  };
}

function configured({ rbm, sessions, apns, fcm, smpp }: Settings): ReadonlySet<Service> {
  const services = Object.entries({ rbm, sessions, apns, fcm, smpp });
  return new Set(services.flatMap(([name, given]) => (given === null ? [] : [name as Service])));
}
