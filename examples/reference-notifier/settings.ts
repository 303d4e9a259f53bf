import { z } from 'zod';
import type { ModulePorts } from 'bellwether/module';
import type { TrustAnchors } from 'bellwether/protocol';
import { readPolicy } from './policy.ts';
import type { Policy } from './policy.ts';

export interface ServiceAccount {
  readonly client_email: string;
  readonly private_key: string;
}

export interface RbmSettings {
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly agentId: string;
  readonly account: ServiceAccount;
  /** The secrets that may sign what comes to the webhook: one, or two while it is renewed. */
  readonly clientTokens: readonly string[];
  /** Whose word about devices is believed; null: Basic leaves, and the gateway's word counts. */
  readonly trustAnchors: TrustAnchors | null;
}

/** A gateway that holds the keys: docs/gateway-sessions.md. */
export interface SessionSettings {
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly scope: string;
  readonly account: ServiceAccount;
}

export interface ApnsSettings {
  readonly baseUrl: string;
  readonly keyId: string;
  readonly teamId: string;
  readonly privateKey: string;
  readonly topic: string;
}

export interface FcmSettings {
  readonly baseUrl: string;
  readonly tokenUrl: string;
  readonly projectId: string;
  readonly account: ServiceAccount;
}

export interface SmppSettings {
  readonly host: string;
  readonly port: number;
  readonly systemId: string;
  readonly password: string;
  readonly sender: string;
}

/** Where files are put; an S3 API. */
export interface StoreSettings {
  readonly baseUrl: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A service that is not configured is null, and its channels do not exist. */
export interface Settings {
  readonly policy: Policy;
  /** Under which address links are opened. */
  readonly publicUrl: string;
  readonly rbm: RbmSettings | null;
  readonly sessions: SessionSettings | null;
  readonly apns: ApnsSettings | null;
  readonly fcm: FcmSettings | null;
  readonly smpp: SmppSettings | null;
  readonly attachments: StoreSettings | null;
  /** For whom archived copies are encrypted: a P-256 point; null: nothing is archived. */
  readonly archiveKey: string | null;
}

const anchors = z.object({
  services: z.record(z.string(), z.string()),
  configurationServers: z.array(z.string()),
});
const account = z.object({ client_email: z.string(), private_key: z.string() });

/** Reads the environment block; throws naming the variable that is missing or unreadable. */
export function readSettings({ env, policy }: Pick<ModulePorts, 'env' | 'policy'>): Settings {
  const need = (name: string): string => {
    const value = env[name] ?? '';
    if (value === '') throw new Error(`${name} is missing`);
    return value;
  };
  const has = (name: string): boolean => (env[name] ?? '') !== '';
  const readAccount = (name: string): ServiceAccount => account.parse(JSON.parse(need(name)));
  const base = (name: string): string => need(name).replace(/\/+$/, '');
  return {
    policy: readPolicy(policy),
    publicUrl: base('PUBLIC_URL'),
    rbm: has('RBM_BASE_URL')
      ? {
          baseUrl: base('RBM_BASE_URL'),
          tokenUrl: need('RBM_TOKEN_URL'),
          agentId: need('RBM_AGENT_ID'),
          account: readAccount('RBM_SERVICE_ACCOUNT'),
          clientTokens: [need('RBM_CLIENT_TOKEN'), env['RBM_NEXT_CLIENT_TOKEN'] ?? ''].filter(
            (token) => token !== '',
          ),
          trustAnchors: has('RBM_TRUST_ANCHORS')
            ? anchors.parse(JSON.parse(need('RBM_TRUST_ANCHORS')))
            : null,
        }
      : null,
    sessions: has('SESSIONS_BASE_URL')
      ? {
          baseUrl: base('SESSIONS_BASE_URL'),
          tokenUrl: need('SESSIONS_TOKEN_URL'),
          scope: need('SESSIONS_SCOPE'),
          account: readAccount('SESSIONS_SERVICE_ACCOUNT'),
        }
      : null,
    apns: has('APNS_URL')
      ? {
          baseUrl: base('APNS_URL'),
          keyId: need('APNS_KEY_ID'),
          teamId: need('APNS_TEAM_ID'),
          privateKey: need('APNS_PRIVATE_KEY'),
          topic: need('APNS_TOPIC'),
        }
      : null,
    fcm: has('FCM_URL')
      ? {
          baseUrl: base('FCM_URL'),
          tokenUrl: need('FCM_TOKEN_URL'),
          projectId: need('FCM_PROJECT_ID'),
          account: readAccount('FCM_SERVICE_ACCOUNT'),
        }
      : null,
    smpp: has('SMPP_URL') ? readSmpp(need('SMPP_URL'), env['SMS_SENDER'] ?? '') : null,
    attachments: has('ATTACHMENTS_URL')
      ? {
          baseUrl: base('ATTACHMENTS_URL'),
          bucket: need('ATTACHMENTS_BUCKET'),
          region: need('ATTACHMENTS_REGION'),
          accessKeyId: need('ATTACHMENTS_ACCESS_KEY_ID'),
          secretAccessKey: need('ATTACHMENTS_SECRET_ACCESS_KEY'),
        }
      : null,
    archiveKey: has('ARCHIVE_PUBLIC_KEY') ? need('ARCHIVE_PUBLIC_KEY') : null,
  };
}

function readSmpp(text: string, sender: string): SmppSettings {
  const url = new URL(text);
  return {
    host: url.hostname,
    port: Number(url.port || 2775),
    systemId: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    sender: sender || 'Notify',
  };
}
