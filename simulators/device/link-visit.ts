/**
 * How a person opens a secure link: first as anybody could (without sign-in, as a preview bot, with
 * a wrong code), and none of these may show the content; then with the right code.
 */
import type { EventOf } from '../kernel/events.ts';
import { renderTemplate } from '../protocol/template/template.ts';
import { receiveAttachment } from './attachments/receive.ts';
import type { Page } from './browser.ts';
import { attachmentOf, Browser, firstForm, titleOf } from './browser.ts';
import { display } from './display.ts';
import type { LinkEdge, PhoneEdges } from './edges.ts';
import type { Phone } from './phone.ts';
import { recipientValues } from './registration.ts';
import { readMessage } from './sight.ts';

type Step = EventOf<'device.link-opened'>['step'];

export interface LinkArrival {
  readonly url: string;
  /** The text that brought it, for the disclosure sentence. */
  readonly text: string;
  readonly wire: string;
  readonly message: string | undefined;
  readonly onRead: () => void;
}

const PERSON_AGENT: Readonly<Record<'android' | 'ios', string>> = {
  android: 'Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36',
  ios: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_5 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari',
};
/** Messaging apps fetch a preview under such names. */
const PREVIEW_AGENT = 'facebookexternalhit/1.1 Facebot Twitterbot/1.0';
const PAGE_MICROS = 10_000_000;

/** Starts the visit; everything it finds is in the history. */
export function visitLink(phone: Phone, arrival: LinkArrival): void {
  const { context } = phone;
  const { edges } = context;
  if (edges?.link === undefined || !edges.link.hosts.includes(hostOf(arrival.url))) return;
  if (!phone.online) {
    onceOnline(phone, () => visitLink(phone, arrival));
    return;
  }
  context.ambient.clock.touch();
  visit(phone, arrival, edges, edges.link).catch(context.failed);
}

/** A text may come where no page does: the person tries it again when there is data. */
function onceOnline(phone: Phone, task: () => void): void {
  let waiting = true;
  phone.onChange(() => {
    if (!waiting || !phone.online) return;
    waiting = false;
    task();
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function browserOf(phone: Phone, edges: PhoneEdges, link: LinkEdge, userAgent: string): Browser {
  const { network, ambient } = phone.context;
  return new Browser({
    network: {
      request: async (request) => {
        ambient.clock.touch();
        const result = await network.request(request);
        ambient.clock.touch();
        return result;
      },
    },
    userAgent,
    timeoutMicros: PAGE_MICROS,
    resolve: (url) =>
      link.hosts.includes(url.host) ? edges.baseUrl + url.pathname + url.search : undefined,
  });
}

/** Where the content stands besides the page itself. */
function leaksOf(phone: Phone, page: Page): string[] {
  const { scanner } = phone.context;
  const holds = (text: string): boolean => scanner.scan(text).length > 0;
  const leaks: string[] = [];
  const inUrl = page.visited.some(holds);
  if (inUrl) leaks.push('url');
  if (holds(titleOf(page))) leaks.push('title');
  const policy = page.headers['referrer-policy'] ?? '';
  if (inUrl && !/no-referrer|same-origin/.test(policy)) leaks.push('referrer');
  const mayBeCached = !/no-store/i.test(page.headers['cache-control'] ?? '');
  if (mayBeCached && holds(page.html)) leaks.push('cacheable');
  return leaks;
}

interface Visit {
  readonly phone: Phone;
  readonly arrival: LinkArrival;
}

/** Records one step and says whether the content was there. */
function report({ phone, arrival }: Visit, step: Step, page: Page, problem?: string): boolean {
  const { history } = phone.context.ambient;
  const seen = phone.context.scanner.scan(page.html).length > 0;
  const why = problem ?? page.failure;
  const broken = page.status >= 500 || why !== undefined;
  const leaks = leaksOf(phone, page);
  history.append({
    kind: 'device.link-opened',
    device: phone.path,
    person: phone.person,
    wire: arrival.wire,
    step,
    outcome: seen ? 'content' : broken ? 'error' : 'no-content',
    status: why === undefined ? String(page.status) : `${page.status} ${why}`,
    ...(arrival.message !== undefined && { message: arrival.message }),
    ...(leaks.length > 0 && { leaks }),
  });
  return seen;
}

/** A code of the same shape that is certainly not the right one. */
function wrongCode(right: string): string {
  const last = right.at(-1) ?? '';
  const other = /\d/.test(last) ? String((Number(last) + 1) % 10) : last === 'x' ? 'y' : 'x';
  return right.slice(0, -1) + other;
}

async function signIn(
  visitOf: Visit,
  browser: Browser,
  link: LinkEdge,
  step: 'wrong-code' | 'signed-in',
): Promise<Page | undefined> {
  const { phone, arrival } = visitOf;
  const first = await browser.open(arrival.url);
  const form = firstForm(first);
  if (form === undefined) {
    report(visitOf, step, first, 'no form');
    return undefined;
  }
  const fields = new Map(form.fields);
  const values = recipientValues(phone.owner);
  for (const [name, template] of Object.entries(link.signIn?.fields ?? {})) {
    const right = renderTemplate(template, values);
    fields.set(name, step === 'wrong-code' ? wrongCode(right) : right);
  }
  const page = await browser.submit({ ...form, fields });
  return report(visitOf, step, page) ? page : undefined;
}

async function visit(
  phone: Phone,
  arrival: LinkArrival,
  edges: PhoneEdges,
  link: LinkEdge,
): Promise<void> {
  const { linkTap, ambient } = phone.context;
  const visitOf: Visit = { phone, arrival };
  const person = PERSON_AGENT[phone.plan.platform];
  const strangers = [
    ['anonymous', person],
    ['preview-bot', PREVIEW_AGENT],
  ] as const;
  for (const [step, agent] of strangers) {
    const page = await browserOf(phone, edges, link, agent).open(arrival.url);
    linkTap.scan(page.html, { channel: 'secure-link', wire: arrival.wire });
    report(visitOf, step, page);
  }
  if (link.signIn !== undefined) {
    await signIn(visitOf, browserOf(phone, edges, link, person), link, 'wrong-code');
  }
  const page = await signIn(visitOf, browserOf(phone, edges, link, person), link, 'signed-in');
  const readable = page === undefined ? undefined : readMessage(page.html, ambient.index);
  if (page === undefined || readable === undefined) return;
  display(phone, {
    wire: arrival.wire,
    channel: 'secure-link',
    message: readable.message,
    text: arrival.text,
    padlock: false,
    onRead: arrival.onRead,
  });
  const descriptor = attachmentOf(page);
  if (descriptor !== undefined) {
    receiveAttachment(phone, { wire: arrival.wire, message: readable.message, descriptor });
  }
}
