/**
 * What is tested here: a small service as somebody would write it with Twilio's SDK. It tells
 * people of their parcels, tries again when it is asked to slow down, takes no for an answer, and
 * believes status callbacks only when they are signed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import twilio from 'twilio';

export interface Settings {
  readonly accountSid: string;
  readonly authToken: string;
  readonly messagingServiceSid: string;
  /** Where Twilio reaches it: `https://parcels.example`. */
  readonly publicUrl: string;
  /** Before it asks again, milliseconds. */
  readonly pauseMs: number;
}

export type Sent = { readonly kind: 'sent'; readonly id: string } | { readonly kind: 'opted-out' };

const MOST_ATTEMPTS = 3;
const OPTED_OUT = 21610;

interface TwilioError {
  readonly status?: number;
  readonly code?: number;
}

export function createParcelNotices(settings: Settings) {
  const { accountSid, authToken, messagingServiceSid, publicUrl, pauseMs } = settings;
  const client = twilio(accountSid, authToken);
  const states = new Map<string, string>();

  const send = async (to: string, text: string, attempt = 1): Promise<Sent> => {
    const statusCallback = `${publicUrl}/status`;
    try {
      const message = { to, body: text, messagingServiceSid, statusCallback };
      const { sid } = await client.messages.create(message);
      return { kind: 'sent', id: sid };
    } catch (error) {
      const { status, code } = error as TwilioError;
      if (code === OPTED_OUT) return { kind: 'opted-out' };
      if (status !== 429 || attempt === MOST_ATTEMPTS) throw error;
      await pause(pauseMs);
      return send(to, text, attempt + 1);
    }
  };

  return {
    send: (to: string, text: string) => send(to, text),
    stateOf: (id: string) => states.get(id),
    webhook: async (request: Request): Promise<Response> => {
      const form = Object.fromEntries(new URLSearchParams(await request.text()));
      const signature = request.headers.get('x-twilio-signature') ?? '';
      if (!twilio.validateRequest(authToken, signature, request.url, form)) {
        return new Response(null, { status: 403 });
      }
      const { MessageSid: id = '', MessageStatus: status = '' } = form;
      if (status !== '') states.set(id, status);
      return new Response(null, { status: 204 });
    },
  };
}
