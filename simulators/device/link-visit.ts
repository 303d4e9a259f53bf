/**
 * How a person opens a secure link: first as anybody could (without sign-in, as a preview bot, with
 * a wrong code), and none of these may show the content; then with the right code; and once it was
 * shown, as anybody again: what one person unlocked is open to them alone.
 */
import type { EventOf } from '../kernel/events.ts';
import { renderTemplate } from '../protocol/template/template.ts';
import type { TemplateValues } from '../protocol/template/template.ts';
import { receiveAttachment } from './attachments/receive.ts';
import type { Page } from './browser.ts';
import { attachmentOf, Browser, firstForm, titleOf } from './browser.ts';
import { display } from './display.ts';
import type { LinkEdge, PhoneEdges } from './edges.ts';
import type { Owner } from './owner.ts';
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
  // Proxies and access logs keep headers, and a browser its cookies.
  if (holds(page.headerLines)) leaks.push('header');
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

/** What tells one step from others of its name. */
interface StepFacts {
  readonly afterSignIn?: true;
  readonly codeOf?: string;
  readonly problem?: string;
}

/** Content that this visitor has no right to; a page that signs `codeOf` in may show theirs. */
function holdsContent(phone: Phone, text: string, codeOf: string | undefined): boolean {
  const { scanner, ambient } = phone.context;
  const hits = scanner.scan(text);
  if (codeOf === undefined) return hits.length > 0;
  return hits.some(({ canary }) => {
    const planned = ambient.index.byCanary(canary);
    return planned !== undefined && planned.person !== codeOf;
  });
}

/** Records one step and says whether the content was there. */
function report(visitOf: Visit, step: Step, page: Page, facts: StepFacts = {}): boolean {
  const { phone, arrival } = visitOf;
  const { history } = phone.context.ambient;
  const { problem, ...told } = facts;
  const seen =
    holdsContent(phone, page.html, told.codeOf) ||
    (step !== 'signed-in' && holdsContent(phone, page.headerLines, told.codeOf));
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
    ...told,
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

/** What is typed into the form, and whose code it is where it is somebody else's. */
interface Attempt {
  readonly step: 'wrong-code' | 'signed-in';
  readonly typed: TemplateValues;
  readonly codeOf?: string;
}

function filled(link: LinkEdge, values: TemplateValues): TemplateValues {
  const templates = Object.entries(link.signIn?.fields ?? {});
  return Object.fromEntries(
    templates.map(([name, template]) => [name, renderTemplate(template, values)]),
  );
}

function rightAttempt(owner: Owner, link: LinkEdge): Attempt {
  return { step: 'signed-in', typed: filled(link, recipientValues(owner)) };
}

/**
 * One wrong code a visit: more could lock out whom the link is for. In turns it is nearly the right
 * one and, where the world has somebody else, the right one of theirs; who comes first in the plan
 * begins with the former, all others with the latter.
 */
function wrongAttempt(phone: Phone, link: LinkEdge): Attempt {
  const { owner } = phone;
  const { typed } = rightAttempt(owner, link);
  const step = 'wrong-code';
  const { lines } = phone.context;
  const other = lines.somebodyElse(phone.person);
  const first = other === undefined || lines.somebodyElse(other.plan.id) === owner;
  const isOthersTurn = (owner.countLinkVisit() % 2 === 0) !== first;
  if (other !== undefined && isOthersTurn) {
    const code = other.signInCode;
    const theirs = filled(link, { ...recipientValues(owner), 'recipient.signInCode': code });
    const differs = Object.entries(theirs).some(([name, value]) => typed[name] !== value);
    if (differs) return { step, typed: theirs, codeOf: other.plan.id };
  }
  const changed = Object.entries(typed).map(([name, right]) => [name, wrongCode(right)]);
  return { step, typed: Object.fromEntries(changed) as TemplateValues };
}

async function signIn(
  visitOf: Visit,
  browser: Browser,
  { step, typed, codeOf }: Attempt,
): Promise<Page | undefined> {
  const first = await browser.open(visitOf.arrival.url);
  const form = firstForm(first);
  const facts: StepFacts = codeOf === undefined ? {} : { codeOf };
  if (form === undefined) {
    report(visitOf, step, first, { ...facts, problem: 'no form' });
    return undefined;
  }
  const fields = new Map([...form.fields, ...Object.entries(typed)]);
  const page = await browser.submit({ ...form, fields });
  return report(visitOf, step, page, facts) ? page : undefined;
}

/** Opens it as anybody could who has the link, each time with nothing but the link. */
async function visitAsStrangers(
  visitOf: Visit,
  browserAs: (userAgent: string) => Browser,
  facts: StepFacts,
): Promise<void> {
  const { phone, arrival } = visitOf;
  const { linkTap, scanner } = phone.context;
  const strangers = [
    ['anonymous', PERSON_AGENT[phone.plan.platform]],
    ['preview-bot', PREVIEW_AGENT],
  ] as const;
  for (const [step, agent] of strangers) {
    const page = await browserAs(agent).open(arrival.url);
    const seen = { channel: 'secure-link', wire: arrival.wire } as const;
    linkTap.scan(page.html, seen);
    if (scanner.scan(page.headerLines).length > 0) linkTap.scan(page.headerLines, seen);
    report(visitOf, step, page, facts);
  }
}

async function visit(
  phone: Phone,
  arrival: LinkArrival,
  edges: PhoneEdges,
  link: LinkEdge,
): Promise<void> {
  const visitOf: Visit = { phone, arrival };
  const browserAs = (userAgent: string): Browser => browserOf(phone, edges, link, userAgent);
  const person = PERSON_AGENT[phone.plan.platform];
  await visitAsStrangers(visitOf, browserAs, {});
  if (link.signIn !== undefined) {
    await signIn(visitOf, browserAs(person), wrongAttempt(phone, link));
  }
  const page = await signIn(visitOf, browserAs(person), rightAttempt(phone.owner, link));
  if (page === undefined) return;
  showPage(visitOf, page);
  await visitAsStrangers(visitOf, browserAs, { afterSignIn: true });
}

/** The signed-in page, before the person's eyes. */
function showPage({ phone, arrival }: Visit, page: Page): void {
  const readable = readMessage(page.html, phone.context.ambient.index);
  if (readable === undefined) return;
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
