/** What platforms do with a push: the app gets its content, or shows that there is one. */
import type { PushDelivery } from '../network/bearer.ts';
import { textAtPointer } from '../protocol/template/json-pointer.ts';
import { fetchContent, postReceipt, readInbox } from './app-client.ts';
import type { AppEvent } from './app-client.ts';
import { display, notify, recordReceived } from './display.ts';
import type { PhoneEdges } from './edges.ts';
import type { Phone } from './phone.ts';
import { readMessage } from './sight.ts';

const HOUR_MICROS = 3_600_000_000;

/** The text that the system itself would show: APNs `aps.alert`, FCM `notification`. */
function alertText(payload: unknown): string | undefined {
  const places = [
    '/aps/alert',
    '/aps/alert/title',
    '/aps/alert/subtitle',
    '/aps/alert/body',
    '/notification/title',
    '/notification/body',
  ];
  const texts = places.map((place) => textAtPointer(payload, place));
  const shown = texts.filter((text) => text !== undefined).join(' ');
  return shown === '' ? undefined : shown;
}

/** What one push is about, for the steps below. */
interface Job {
  readonly phone: Phone;
  readonly push: PushDelivery;
  readonly edges: PhoneEdges | undefined;
  /** The message's id as the payload names it. */
  readonly messageId: string | undefined;
}

function tell({ phone, edges, messageId }: Job, event: AppEvent): void {
  const { context } = phone;
  if (edges === undefined || messageId === undefined) return;
  context.ambient.clock.touch();
  postReceipt(phone, edges, messageId, event).catch(context.failed);
}

/** The content by the payload's own JWE, or by a call to the implementation. */
async function contentOf(job: Job): Promise<string | undefined> {
  const { phone, push, edges, messageId } = job;
  const field = edges?.app?.decrypt?.field;
  const jwe = field === undefined ? undefined : textAtPointer(push.payload, field);
  const opened = jwe === undefined ? undefined : phone.appKeys.open(jwe);
  if (opened !== undefined || edges === undefined || messageId === undefined) return opened;
  return fetchContent(phone, edges, messageId, phone.plan.push.extensionMicros);
}

function show(job: Job, text: string, planned: string | undefined): void {
  const { phone, push } = job;
  display(phone, {
    wire: push.wire,
    channel: 'app-push',
    message: planned,
    text,
    padlock: false,
    onRead: () => tell(job, 'read'),
  });
  tell(job, 'displayed');
}

/** Shows the content if the canary of a planned message stands in it. */
function showContent(job: Job, text: string | undefined): boolean {
  const { phone, push } = job;
  const planned = text === undefined ? undefined : readMessage(text, phone.context.ambient.index);
  if (text === undefined || planned === undefined) return false;
  const delay = phone.state.draw(phone.plan.displayDelayMicros);
  phone.context.ambient.clock.after(delay, () => show(job, text, planned.message ?? push.message));
  return true;
}

/** A placeholder; the person opens the app when they get to it, and reads there. */
function placeholder(job: Job): void {
  const { phone, push, edges, messageId } = job;
  const { ambient, failed } = phone.context;
  notify(phone, push.wire, push.message);
  if (edges?.app?.inbox === undefined || messageId === undefined) return;
  ambient.clock.after(phone.state.draw(phone.owner.plan.readDelayMicros), () => {
    if (!phone.hasApp || !phone.online) return;
    ambient.clock.touch();
    readInbox(phone, edges, messageId, phone.plan.push.extensionMicros)
      .then((text) => showContent(job, text))
      .catch(failed);
  });
}

/** The app's own code runs: iOS's service extension, Android's messaging service. */
function runApp(job: Job): void {
  const { context } = job.phone;
  context.ambient.clock.touch();
  contentOf(job)
    .then((text) => {
      if (text !== undefined) tell(job, 'received');
      if (showContent(job, text)) return;
      // The extension gave up: the system shows the alert as it came.
      if (!showContent(job, alertText(job.push.payload))) placeholder(job);
    })
    .catch(context.failed);
}

/** iOS: at most so many an hour, and none while power is saved; nothing is shown. */
function runInBackground(job: Job): void {
  const { phone } = job;
  const { ambient, failed } = phone.context;
  const { state, plan } = phone;
  const limit = plan.push.backgroundPerHour;
  if (phone.lowPower || !state.mayRunInBackground(ambient.clock.now(), HOUR_MICROS, limit)) return;
  ambient.clock.touch();
  contentOf(job)
    .then((text) => {
      if (text !== undefined) tell(job, 'received');
    })
    .catch(failed);
}

/** Android defers normal priority until power saving ends (Doze's maintenance window). */
function runOnAndroid(job: Job): void {
  const { phone, push } = job;
  if (phone.lowPower && push.priority === 'normal') {
    phone.state.defer(() => runOnAndroid(job));
    return;
  }
  const text = alertText(push.payload);
  // With a `notification` block the system shows it, and the app's code does not run.
  if (text === undefined) runApp(job);
  else if (!showContent(job, text)) placeholder(job);
}

/** Takes a push from the phone's service connection. Without the app nothing happens. */
export function receivePush(phone: Phone, push: PushDelivery): void {
  if (!phone.hasApp || !phone.online) return;
  const { edges } = phone.context;
  const pointer = edges?.app?.push[push.provider];
  const messageId = pointer === undefined ? undefined : textAtPointer(push.payload, pointer);
  const job: Job = { phone, push, edges, messageId };
  recordReceived(phone, push.wire, 'app-push', push.message);
  if (phone.plan.platform === 'android') return runOnAndroid(job);
  if (push.kind === 'background') return runInBackground(job);
  if (push.mutable) return runApp(job);
  if (!showContent(job, alertText(push.payload))) placeholder(job);
}
