import type { GatewayRow } from '../api/gateway.ts';

/**
 * Every gateway that a world can have. A row says what any run has to know of it; all else is in
 * its file, which is loaded for worlds that have it.
 */
export const GATEWAYS = {
  rbm: {
    hosts: [
      'rcsbusinessmessaging.googleapis.com',
      '*-rcsbusinessmessaging.googleapis.com',
      'oauth2.googleapis.com',
      'www.googleapis.com',
    ],
    carries: ['rcs', 'rcs-e2ee'],
    load: async () => (await import('./rbm.ts')).rbm,
  },
  infobip: {
    hosts: ['api.infobip.com', '*.api.infobip.com'],
    carries: ['rcs', 'sms'],
    load: async () => (await import('./infobip.ts')).infobip,
  },
  twilio: {
    hosts: ['api.twilio.com', 'messaging.twilio.com', 'content.twilio.com', 'events.twilio.com'],
    carries: ['rcs', 'sms', 'mms'],
    load: async () => (await import('./twilio.ts')).twilio,
  },
  sinch: {
    hosts: [
      'auth.sinch.com',
      'us.conversation.api.sinch.com',
      'eu.conversation.api.sinch.com',
      'br.conversation.api.sinch.com',
    ],
    carries: ['rcs', 'sms', 'mms'],
    load: async () => (await import('./sinch.ts')).sinch,
  },
  vonage: {
    hosts: [
      'api.nexmo.com',
      'api-eu.nexmo.com',
      'api-us.nexmo.com',
      'api-ap.nexmo.com',
      'api.vonage.com',
      'api-eu.vonage.com',
      'api-us.vonage.com',
      'api-ap.vonage.com',
    ],
    carries: ['rcs', 'sms', 'mms'],
    load: async () => (await import('./vonage.ts')).vonage,
  },
  sessions: {
    hosts: ['sessions.gateway.example'],
    carries: ['rcs-e2ee'],
    readsEncrypted: true,
    load: async () => (await import('./sessions.ts')).sessions,
  },
} as const satisfies Record<string, GatewayRow>;
