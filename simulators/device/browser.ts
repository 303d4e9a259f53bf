/**
 * Just enough of a browser to open a secure link: GET, redirects, cookies of one visit, the first
 * form. One visit talks to one service, so the jar needs neither domains nor expiry.
 */
import { parse } from 'node-html-parser';
import type { Network, OutboundRequest } from '../network/wire.ts';

const MOST_REDIRECTS = 5;

/** What a page load ended with. */
export interface Page {
  /** As the person's address bar would show it (the public host). */
  readonly url: string;
  /** 0 when no answer came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
  /** Header lines of all answers on the way, but for a Location that was followed (`visited`). */
  readonly headerLines: string;
  /** All addresses on the way, the last included. */
  readonly visited: readonly string[];
  /** Why there is no page: a broken connection, too many redirects. */
  readonly failure?: string;
}

export interface BrowserOptions {
  readonly network: Pick<Network, 'request'>;
  readonly userAgent: string;
  readonly timeoutMicros: number;
  /** Where a public address really is; undefined when the phone cannot resolve it. */
  readonly resolve: (url: URL) => string | undefined;
}

export interface FormFields {
  readonly action: string;
  readonly method: string;
  readonly fields: ReadonlyMap<string, string>;
}

const utf8 = new TextDecoder();

/** The first form with its hidden and prefilled fields; undefined when the page has none. */
export function firstForm(page: Page): FormFields | undefined {
  const form = parse(page.html).querySelector('form');
  if (form === null) return undefined;
  const fields = new Map<string, string>();
  for (const input of form.querySelectorAll('input, textarea, button')) {
    const name = input.getAttribute('name');
    const type = input.getAttribute('type') ?? 'text';
    if (name === undefined || name === '' || ['checkbox', 'radio', 'image'].includes(type)) {
      continue;
    }
    fields.set(name, input.getAttribute('value') ?? '');
  }
  const action = form.getAttribute('action') ?? '';
  return {
    action: new URL(action === '' ? page.url : action, page.url).href,
    method: (form.getAttribute('method') ?? 'GET').toUpperCase(),
    fields,
  };
}

export function titleOf(page: Page): string {
  return parse(page.html).querySelector('title')?.textContent ?? '';
}

/** What the page says of a file: JSON in `data-attachment` of any element. */
export function attachmentOf(page: Page): unknown {
  const place = parse(page.html).querySelector('[data-attachment]');
  const written = place?.getAttribute('data-attachment');
  if (written === undefined) return undefined;
  try {
    return JSON.parse(written) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function linesOf(headers: Readonly<Record<string, string>>, moves: boolean): string {
  const lines = Object.entries(headers).filter(([name]) => !moves || name !== 'location');
  return lines.map(([name, value]) => `${name}: ${value}\n`).join('');
}

/** A visit with a fresh cookie jar (RFC 6265 name and value; attributes have no effect in it). */
export class Browser {
  readonly #options: BrowserOptions;
  readonly #cookies = new Map<string, string>();

  constructor(options: BrowserOptions) {
    this.#options = options;
  }

  async open(url: string): Promise<Page> {
    return this.#load('GET', url, undefined);
  }

  async submit({ action, method, fields }: FormFields): Promise<Page> {
    const encoded = new URLSearchParams([...fields]).toString();
    if (method === 'POST') return this.#load('POST', action, encoded);
    const url = new URL(action);
    url.search = encoded;
    return this.#load('GET', url.href, undefined);
  }

  async #load(method: string, address: string, form: string | undefined): Promise<Page> {
    const visited: string[] = [];
    let url = address;
    let verb = method;
    let body = form;
    let headerLines = '';
    for (;;) {
      visited.push(url);
      const nothing = { url, status: 0, headers: {}, html: '', headerLines, visited };
      const target = URL.canParse(url) ? this.#options.resolve(new URL(url)) : undefined;
      if (target === undefined) return { ...nothing, failure: `cannot resolve ${url}` };
      const result = await this.#options.network.request(this.#request(verb, target, body));
      if (result.kind === 'failure') return { ...nothing, failure: result.reason };
      const { status, headers, body: bytes } = result.response;
      this.#keep(headers['set-cookie']);
      const location = result.location ?? headers['location'];
      const moves = status >= 300 && status < 400 && location !== undefined;
      headerLines += linesOf(headers, moves);
      if (moves) {
        if (visited.length > MOST_REDIRECTS) {
          return {
            ...nothing,
            status,
            headerLines,
            failure: `more than ${MOST_REDIRECTS} redirects`,
          };
        }
        // 307 and 308 keep the method (RFC 9110 §15.4); browsers turn the others into GET.
        if (status !== 307 && status !== 308) [verb, body] = ['GET', undefined];
        url = this.#publicAddress(location, url, target);
        continue;
      }
      const html = typeof bytes === 'string' ? bytes : utf8.decode(bytes);
      return { url, status, headers, html, headerLines, visited };
    }
  }

  /** A redirect may name the service's real address; the bar goes on showing the public one. */
  #publicAddress(location: string, url: string, target: string): string {
    const real = new URL(location, target);
    const { origin } = new URL(target);
    if (real.origin !== origin) return real.href;
    return new URL(real.pathname + real.search + real.hash, url).href;
  }

  #request(method: string, url: string, body: string | undefined): OutboundRequest {
    const { userAgent, timeoutMicros } = this.#options;
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      method,
      url,
      headers: {
        accept: 'text/html,application/xhtml+xml',
        'user-agent': userAgent,
        ...(cookie !== '' && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(body !== undefined && { body }),
      timeoutMicros,
    };
  }

  /** Several Set-Cookie fields may come joined by commas; a comma inside Expires is no border. */
  #keep(header: string | undefined): void {
    for (const one of header?.split(/,(?=\s*[^\s;,=]+=)/) ?? []) {
      const pair = one.split(';', 1)[0] ?? '';
      const border = pair.indexOf('=');
      if (border < 1) continue;
      const name = pair.slice(0, border).trim();
      const value = pair.slice(border + 1).trim();
      if (value === '' || /max-age=0(?!\d)/i.test(one)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}
