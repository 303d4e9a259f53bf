/** What platforms do with a push: the app gets its content, or shows that there is one. */
import type { PushDelivery } from '../network/bearer.ts';
import { textAtPointer } from '../protocol/template/json-pointer.ts';
import { fetchContent, postReceipt, readInbox } from './app-client.ts';
import type { App, AppContent, AppEvent } from './app-client.ts';
import { receiveAttachment } from './attachments/receive.ts';
import { display, notify, recordReceived } from './display.ts';
import type { PhoneEdges } from './edges.ts';
import type { Phone } from './phone.ts';
import type { Release } from './phone-state.ts';
import type { PushPriority } from './push-power.ts';
import { readMessage } from './sight.ts';

const HOUR_MICROS = 3_600_000_000;

/** The text that the system itself would show: APNs `aps.alert`, FCM `notification`. */
function alertContent(payload: unknown): AppContent | undefined {
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
  return shown === '' ? undefined : { text: shown };
}

/** What one push is about, for the steps below. */
interface Job {
  readonly phone: Phone;
  readonly push: PushDelivery;
  readonly edges: PhoneEdges | undefined;
  /** By whose calls the content comes; undefined where the payload names no message. */
  readonly app: App | undefined;
}

/** Records the first of its calls that the implementation took. */
function recordAsked(phone: Phone, { wire, message }: PushDelivery, since: number): void {
  phone.context.ambient.history.append({
    kind: 'device.asked',
    device: phone.path,
    person: phone.person,
    wire,
    ...(message !== undefined && { message }),
    since,
  });
}

function appFor(phone: Phone, push: PushDelivery): App | undefined {
  const { edges } = phone.context;
  const pointer = edges?.app?.push[push.provider];
  const messageId = pointer === undefined ? undefined : textAtPointer(push.payload, pointer);
  if (edges === undefined || messageId === undefined) return undefined;
  let reached = false;
  return {
    phone,
    edges,
    messageId,
    reached: (since) => {
      if (!reached) recordAsked(phone, push, since);
      reached = true;
    },
  };
}

function tell({ phone, app }: Job, event: AppEvent): void {
  const { context } = phone;
  if (app === undefined) return;
  context.ambient.clock.touch();
  postReceipt(app, event).catch(context.failed);
}

/** The content by the payload's own JWE, or by a call to the implementation. */
async function contentOf(job: Job): Promise<AppContent | undefined> {
  const { phone, push, edges, app } = job;
  const field = edges?.app?.decrypt?.field;
  const jwe = field === undefined ? undefined : textAtPointer(push.payload, field);
  const opened = jwe === undefined ? undefined : phone.appKeys.open(jwe);
  if (opened !== undefined) return { text: opened };
  return app === undefined ? undefined : fetchContent(app, phone.plan.push.extensionMicros);
}

function show(job: Job, content: AppContent, planned: string | undefined): void {
  const { phone, push } = job;
  const { text, attachment: descriptor } = content;
  display(phone, {
    wire: push.wire,
    channel: 'app-push',
    message: planned,
    text,
    padlock: false,
    onRead: () => tell(job, 'read'),
  });
  tell(job, 'displayed');
  if (descriptor !== undefined) {
    receiveAttachment(phone, { wire: push.wire, message: planned, descriptor });
  }
}

/** A later notification of the same collapse id has taken its place. */
function isReplaced({ phone, push }: Job): boolean {
  const { collapseId, wire } = push;
  return collapseId !== undefined && phone.state.collapsed?.get(collapseId) !== wire;
}

/** Shows the content if the canary of a planned message stands in it, or if none are planned. */
function showContent(job: Job, content: AppContent | undefined): boolean {
  const { phone, push } = job;
  const { ambient } = phone.context;
  if (content === undefined) return false;
  const planned = readMessage(content.text, ambient.index);
  if (planned === undefined && phone.context.onSeen === undefined) return false;
  const delay = phone.state.draw(phone.plan.displayDelayMicros);
  ambient.clock.after(delay, () => {
    if (!isReplaced(job)) show(job, content, planned?.message ?? push.message);
  });
  phone.state.power.ended(true, ambient.clock.now());
  return true;
}

/** A placeholder; the person opens the app when they get to it, and reads there. */
function placeholder(job: Job): void {
  const { phone, push, app } = job;
  const { ambient, failed } = phone.context;
  phone.state.power.ended(true, ambient.clock.now());
  notify(phone, push.wire, push.message);
  if (app?.edges.app?.inbox === undefined) return;
  ambient.clock.after(phone.state.draw(phone.owner.plan.readDelayMicros), () => {
    if (!phone.hasApp || !phone.online || isReplaced(job)) return;
    ambient.clock.touch();
    readInbox(app, phone.plan.push.extensionMicros)
      .then((content) => showContent(job, content))
      .catch(failed);
  });
}

/** Data without a word of what it is about means nothing to the app: it shows nothing. */
function meansNothing({ push, edges, app }: Job): boolean {
  if (push.provider !== 'fcm' || edges?.app?.push.fcm === undefined) return false;
  return app === undefined && push.kind === 'background';
}

/** The app's own code runs: iOS's service extension, Android's messaging service. */
function runApp(job: Job): void {
  const { context, state } = job.phone;
  context.ambient.clock.touch();
  contentOf(job)
    .then((content) => {
      if (content !== undefined) tell(job, 'received');
      if (showContent(job, content)) return;
      // The extension gave up: the system shows the alert as it came.
      if (showContent(job, alertContent(job.push.payload))) return;
      if (meansNothing(job)) state.power.ended(false, context.ambient.clock.now());
      else placeholder(job);
    })
    .catch(context.failed);
}

/** How many background pushes an hour the phone hands to the app. */
function backgroundLimit(phone: Phone): number {
  const { backgroundPerHour, unentitledPerHour, entitled } = phone.plan.push;
  const without = entitled === false || phone.suffers('entitlement-missing');
  return without ? (unentitledPerHour ?? backgroundPerHour) : backgroundPerHour;
}

/** iOS: at most so many an hour, none while power is saved or after the person quit the app. */
function runInBackground(job: Job): void {
  const { phone } = job;
  const { ambient, failed } = phone.context;
  const { state } = phone;
  if (phone.lowPower || phone.suffers('force-quit')) return;
  if (!state.mayRunInBackground(ambient.clock.now(), HOUR_MICROS, backgroundLimit(phone))) return;
  ambient.clock.touch();
  contentOf(job)
    .then((content) => {
      if (content !== undefined) tell(job, 'received');
    })
    .catch(failed);
}

/** It waits on the phone until power saving ends, or until Doze lets waiting work through. */
function holdBack({ phone, push }: Job, again: (why: Release) => void): void {
  const { history } = phone.context.ambient;
  history.append({ kind: 'stored', wire: push.wire, component: phone.path, person: phone.person });
  phone.state.defer(again);
}

function mustWait({ phone }: Job, priority: PushPriority, why: Release | undefined): boolean {
  if (priority === 'high') return false;
  return phone.lowPower || (phone.state.power.dozing && why !== 'window');
}

/** Android defers normal priority until power saving ends, or to Doze's maintenance window. */
function runOnAndroid(job: Job): void {
  const { phone, push } = job;
  if (phone.appIsStopped) {
    const { history } = phone.context.ambient;
    history.append({ kind: 'lost', wire: push.wire, component: phone.path });
    return;
  }
  const now = phone.context.ambient.clock.now();
  const priority = phone.state.power.admit(push.priority, now);
  const run = (why?: Release): void => {
    if (!phone.hasApp || !phone.online) return;
    if (mustWait(job, priority, why)) {
      holdBack(job, run);
      return;
    }
    const content = alertContent(push.payload);
    // With a `notification` block the system shows it, and the app's code does not run.
    if (content === undefined) runApp(job);
    else if (!showContent(job, content)) placeholder(job);
  };
  run();
}

/** iOS: an alert below priority 10 is sent "based on power considerations on the user's device". */
function alertOnIos(job: Job): void {
  const { phone, push } = job;
  const run = (why?: Release): void => {
    if (!phone.hasApp || !phone.online) return;
    if (mustWait(job, push.priority, why)) holdBack(job, run);
    else if (push.mutable) runApp(job);
    else if (!showContent(job, alertContent(push.payload))) placeholder(job);
  };
  run();
}

/** Takes a push from the phone's service connection. Without the app nothing happens. */
export function receivePush(phone: Phone, push: PushDelivery): void {
  if (!phone.hasApp || !phone.online) return;
  const { edges } = phone.context;
  const job: Job = { phone, push, edges, app: appFor(phone, push) };
  recordReceived(phone, push.wire, 'app-push', push.message);
  if (push.collapseId !== undefined) {
    phone.state.collapsed ??= new Map();
    phone.state.collapsed.set(push.collapseId, push.wire);
  }
  if (phone.plan.platform === 'android') runOnAndroid(job);
  else if (push.kind === 'background') runInBackground(job);
  else alertOnIos(job);
}
