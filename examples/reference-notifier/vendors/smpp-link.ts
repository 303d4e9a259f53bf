import { createSmppClient, decodeText, segmentText } from 'bellwether/protocol';
import type { SmppClient, SmppDelivery, TextPart } from 'bellwether/protocol';
import type { ModulePorts } from 'bellwether/module';
import type { Knowledge } from '../delivery/knowledge.ts';
import type { SmppSettings } from '../settings.ts';
import { TIMED_OUT, within } from '../within.ts';
import { createPace } from './smpp-pace.ts';

/** What the SMS centre tells about a message that it had taken. */
export interface SmsReceipt {
  readonly id: string;
  /** The recipient, E.164 with plus sign. */
  readonly msisdn: string;
  readonly state: 'delivered' | 'failed';
}

export interface SmsPart {
  readonly msisdn: string;
  readonly part: TextPart;
  /** Asked when its turn comes: a copy that was taken back is not sent any more. */
  wanted(): boolean;
  /** Called when it goes out: from here on it may have been taken. */
  handed(): void;
}

export type SmsResult =
  | { readonly kind: 'accepted'; readonly id: string }
  /** It was certainly not taken. */
  | { readonly kind: 'refused' }
  /** It went out and nobody answered. */
  | { readonly kind: 'unsure' };

/** One SMPP 3.4 transceiver session that is kept up, with a window and a pace. */
export interface SmppLink {
  start(): void;
  stop(): Promise<void>;
  readonly ready: boolean;
  split(text: string, reference: number): readonly TextPart[];
  submit(part: SmsPart): Promise<SmsResult>;
  onReceipt(listener: (receipt: SmsReceipt) => void): void;
  /** What a person wrote to us. */
  onText(listener: (msisdn: string, text: string) => void): void;
  /** Called whenever the session is bound. */
  onReady(listener: () => void): void;
}

interface Job {
  readonly part: SmsPart;
  readonly resolve: (result: SmsResult) => void;
}

const WINDOW = 10;
const CONNECT_LIMIT_MS = 5_000;
const RESPONSE_LIMIT_MS = 5_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const THROTTLE_PAUSE_MS = 1_000;
const LONGEST_FAILURE_PAUSE_MS = 5_000;
/** How long the centre keeps trying for a phone that is away. */
const VALIDITY = '000001000000000R';
const ESME_RSYSERR = 0x08;
const ESME_RMSGQFUL = 0x14;
const ESME_RTHROTTLED = 0x58;
const ALPHANUMERIC = 5;
const INTERNATIONAL = 1;

type Ports = Pick<ModulePorts, 'clock' | 'connect' | 'log'>;

export interface SmppLinkDeps {
  readonly settings: SmppSettings;
  readonly knowledge: Knowledge;
  /** The policy's measure of how long a broken service is left alone. */
  readonly backOffMs: number;
}

export function createSmppLink(ports: Ports, deps: SmppLinkDeps): SmppLink {
  const { settings, knowledge } = deps;
  const failurePauseMs = Math.min(LONGEST_FAILURE_PAUSE_MS, deps.backOffMs / 4);
  const longestPauseMs = Math.min(LONGEST_PAUSE_MS, deps.backOffMs / 2);
  const { clock } = ports;
  const pace = createPace();
  const queue: Job[] = [];
  const onReceipt: ((receipt: SmsReceipt) => void)[] = [];
  const onText: ((msisdn: string, text: string) => void)[] = [];
  const onReady: (() => void)[] = [];
  const state = {
    client: undefined as SmppClient | undefined,
    pauseMs: FIRST_PAUSE_MS,
    inFlight: 0,
    timer: undefined as { cancel(): void } | undefined,
    stopped: false,
  };

  const delivered = ({ receipt, body }: SmppDelivery): void => {
    const msisdn = `+${body.sourceAddr.replace(/^\+/, '')}`;
    if (receipt === undefined) {
      const text = decodeText(body.shortMessage, body.dataCoding);
      for (const listener of onText) listener(msisdn, text);
      return;
    }
    const { messageId: id, state: outcome } = receipt;
    const interim = outcome === 'ENROUTE' || outcome === 'ACCEPTED' || outcome === 'UNKNOWN';
    if (interim) return;
    const said = outcome === 'DELIVERED' ? 'delivered' : 'failed';
    for (const listener of onReceipt) listener({ id, msisdn, state: said });
  };

  /** Not reachable for now: whoever waits is told, and it is tried again with growing pauses. */
  const down = (): void => {
    state.client = undefined;
    if (state.stopped) return;
    knowledge.serviceBusy('smpp', clock.epochMillis() + state.pauseMs);
    for (const { resolve } of queue.splice(0)) resolve({ kind: 'refused' });
    clock.after(state.pauseMs, () => void connect(), { daemon: true });
    state.pauseMs = Math.min(longestPauseMs, state.pauseMs * 2);
  };

  const connect = async (): Promise<void> => {
    if (state.stopped) return;
    try {
      const opening = ports.connect(settings.host, settings.port);
      const stream = await within(clock, CONNECT_LIMIT_MS, opening);
      if (stream === TIMED_OUT) {
        // Should it still open, it is not wanted any more.
        opening.then(
          (late) => late.destroy(),
          (error: unknown) => ports.log(`smpp: ${String(error)}`),
        );
        down();
        return;
      }
      const client = createSmppClient({
        stream,
        clock,
        window: WINDOW,
        responseTimeoutMs: RESPONSE_LIMIT_MS,
        onDeliver: delivered,
        onClosed: () => {
          // Before the bind the outcome of the bind tells it.
          if (state.client === client) down();
        },
      });
      const { systemId, password } = settings;
      const bound = await client.bind('transceiver', { systemId, password });
      if (bound.kind !== 'accepted' || !client.open) {
        client.close();
        ports.log('smpp: the bind was not accepted');
        down();
        return;
      }
      state.client = client;
      state.pauseMs = FIRST_PAUSE_MS;
      knowledge.serviceWell('smpp');
      for (const listener of onReady) listener();
      pump();
    } catch (error) {
      ports.log(`smpp: ${error instanceof Error ? error.message : String(error)}`);
      down();
    }
  };

  const send = async (client: SmppClient, job: Job): Promise<void> => {
    const { msisdn, part } = job.part;
    job.part.handed();
    const outcome = await client.submit({
      sourceAddrTon: ALPHANUMERIC,
      sourceAddr: settings.sender,
      destAddrTon: INTERNATIONAL,
      destAddrNpi: 1,
      destinationAddr: msisdn.replace(/^\+/, ''),
      esmClass: part.esmClass,
      validityPeriod: VALIDITY,
      registeredDelivery: 1,
      dataCoding: part.dataCoding,
      shortMessage: part.shortMessage,
    });
    const nowMs = clock.epochMillis();
    if (outcome.kind === 'accepted') {
      pace.went();
      job.resolve({ kind: 'accepted', id: outcome.messageId });
    } else if (outcome.kind === 'none') {
      job.resolve({ kind: 'unsure' });
      // A session that does not answer is not worth keeping.
      if (client.open) client.close();
    } else if (outcome.status === ESME_RTHROTTLED || outcome.status === ESME_RMSGQFUL) {
      pace.slowDown(nowMs, THROTTLE_PAUSE_MS);
      queue.unshift(job);
    } else if (outcome.status === ESME_RSYSERR) {
      pace.slowDown(nowMs, failurePauseMs);
      knowledge.serviceBusy('smpp', nowMs + failurePauseMs);
      job.resolve({ kind: 'refused' });
    } else {
      ports.log(`smpp: a message was refused with ${outcome.name}`);
      job.resolve({ kind: 'refused' });
    }
  };

  const pump = (): void => {
    state.timer?.cancel();
    const { client } = state;
    while (client !== undefined && state.inFlight < WINDOW && queue.length > 0) {
      const nowMs = clock.epochMillis();
      if (pace.nextAtMs > nowMs) {
        state.timer = clock.after(pace.nextAtMs - nowMs, pump);
        return;
      }
      const job = queue.shift()!;
      if (!job.part.wanted()) {
        job.resolve({ kind: 'refused' });
        continue;
      }
      state.inFlight++;
      pace.take(nowMs);
      void send(client, job).finally(() => {
        state.inFlight--;
        // A throttled part comes back into the queue of a session that may be gone meanwhile.
        if (
          state.client === undefined &&
          state.inFlight === 0 &&
          queue.length > 0 &&
          !state.stopped
        ) {
          for (const { resolve } of queue.splice(0)) resolve({ kind: 'refused' });
        }
        pump();
      });
    }
  };

  return {
    start: () => void connect(),
    stop: async () => {
      state.stopped = true;
      state.timer?.cancel();
      const { client } = state;
      state.client = undefined;
      if (client?.open === true) await client.unbind();
    },
    get ready() {
      return state.client !== undefined;
    },
    split: segmentText,
    submit: (part) =>
      new Promise((resolve) => {
        queue.push({ part, resolve });
        pump();
      }),
    onReceipt: (listener) => void onReceipt.push(listener),
    onText: (listener) => void onText.push(listener),
    onReady: (listener) => void onReady.push(listener),
  };
}
