import type { ModulePorts, ModuleResponse } from 'bellwether/module';
import type { AttachmentDescriptor } from 'bellwether/protocol';
import type { Attachments } from '../attachments/attachments.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { SESSION_MS } from '../links.ts';
import type { FoundLink, Links } from '../links.ts';
import type { Messages } from '../messages.ts';
import type { People } from '../people.ts';
import type { Routes } from './answers.ts';

export interface LinkApiDeps {
  readonly links: Links;
  readonly messages: Messages;
  readonly people: People;
  readonly delivery: Delivery;
  readonly attachments: Attachments;
  readonly random: ModulePorts['random'];
}

/** Nothing of a page may stay in a cache or travel on in a referrer. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
} as const;

const COOKIE = 'session';

/** The pages behind a secure link: a form for everybody, the message for who signed in. */
export function linkApi(deps: LinkApiDeps): Routes {
  const { links, messages, people, delivery } = deps;

  const content = async (link: FoundLink): Promise<ModuleResponse> => {
    const message = messages.byId(link.message);
    if (message === undefined) return page(404, '<p>This link is no longer valid.</p>');
    const attempt = message.attempts.findLast(({ channel }) => channel === 'secure-link');
    if (attempt !== undefined) delivery.heard(message, attempt, 'read');
    const file = await deps.attachments.describe(message);
    return page(200, `<p>${escapeHtml(messages.text(message))}</p>${fileHtml(file)}`);
  };

  return {
    'GET /l/:id': ({ request, params }) => {
      const link = links.find(params['id'] ?? '');
      if (link === undefined) return page(404, '<p>This link is no longer valid.</p>');
      const session = cookie(request.headers.get('cookie'));
      if (session !== undefined && link.admits(session)) return content(link);
      return link.locked ? page(403, '<p>This link is closed.</p>') : page(200, form(''));
    },
    'POST /l/:id': async ({ request, params }) => {
      const id = params['id'] ?? '';
      const link = links.find(id);
      if (link === undefined) return page(404, '<p>This link is no longer valid.</p>');
      if (link.locked) return page(403, '<p>This link is closed.</p>');
      const code = new URLSearchParams(await request.text()).get('code') ?? '';
      if (!people.codeMatches(link.person, code)) {
        link.wrongCode();
        return page(401, form('<p>That code is not right.</p>'));
      }
      const session = Buffer.from(deps.random(24)).toString('base64url');
      link.begin(session);
      const attributes = `Path=/l/${id}; Max-Age=${SESSION_MS / 1000}; HttpOnly; SameSite=Strict`;
      return {
        status: 303,
        headers: {
          ...PAGE_HEADERS,
          location: `/l/${id}`,
          'set-cookie': `${COOKIE}=${session}; ${attributes}`,
        },
        body: '',
      };
    },
  };
}

/** The page's own script fetches and decrypts it; the key never leaves the signed-in page. */
function fileHtml(file: AttachmentDescriptor | null): string {
  if (file === null) return '';
  const data = escapeHtml(JSON.stringify(file));
  return `<p data-attachment="${data}">${escapeHtml(file.name)}</p>`;
}

function page(status: number, body: string): ModuleResponse {
  const head = '<meta charset="utf-8"><title>Secure message</title>';
  const html = `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>`;
  return { status, headers: PAGE_HEADERS, body: html };
}

function form(note: string): string {
  const field = '<input name="code" inputmode="numeric" autocomplete="one-time-code" required>';
  return `${note}<form method="post"><label>Your code ${field}</label><button>Open</button></form>`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

function cookie(header: string | null): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}
