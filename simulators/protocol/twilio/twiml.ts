/**
 * What a webhook answers to an inbound message (“TwiML for Programmable Messaging”, “Your
 * response”): <Message> replies, <Redirect> goes on elsewhere, plain text is a reply itself.
 */
import { readXml, XmlError, xmlText } from './xml.ts';
import type { XmlElement } from './xml.ts';

/** One <Message>. */
export interface TwimlMessage {
  readonly body: string;
  readonly mediaUrls: readonly string[];
  /** Undefined: whoever wrote. */
  readonly to: string | undefined;
  /** Undefined: the sender that was written to. */
  readonly from: string | undefined;
  /** Where its status callbacks go, relative to the webhook; undefined: nowhere. */
  readonly action: string | undefined;
}

export type TwimlStep =
  | { readonly kind: 'message'; readonly message: TwimlMessage }
  /** What stands behind it is not carried out. */
  | { readonly kind: 'redirect'; readonly url: string; readonly method: 'GET' | 'POST' };

export type TwimlReading =
  | { readonly kind: 'steps'; readonly steps: readonly TwimlStep[]; readonly ignored: string[] }
  /** By the codes of the vendor's debugger: 12100 no XML, 12102 no <Response>, 12300 no TwiML. */
  | { readonly kind: 'unread'; readonly code: 12_100 | 12_102 | 12_300; readonly detail: string };

const TWIML_TYPES: ReadonlySet<string> = new Set(['text/xml', 'application/xml', 'text/html']);

function childrenOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

/** A text of its own, or <Body> and <Media>. */
function messageOf(element: XmlElement): TwimlMessage {
  const parts = childrenOf(element);
  const bodies = parts.filter(({ name }) => name === 'Body');
  const own = element.children.filter((child) => typeof child === 'string').join('');
  const { to, from, action, statusCallback } = element.attributes;
  return {
    body: (bodies.length === 0 ? own : bodies.map(xmlText).join('')).trim(),
    mediaUrls: parts.filter(({ name }) => name === 'Media').map((part) => xmlText(part).trim()),
    to,
    from,
    action: action ?? statusCallback,
  };
}

function stepsOf(root: XmlElement): TwimlReading {
  if (root.name !== 'Response') {
    return { kind: 'unread', code: 12_102, detail: `the root is <${root.name}>` };
  }
  const steps: TwimlStep[] = [];
  const ignored: string[] = [];
  for (const verb of childrenOf(root)) {
    // <Sms> is the verb that <Message> took the place of.
    if (verb.name === 'Message' || verb.name === 'Sms') {
      steps.push({ kind: 'message', message: messageOf(verb) });
    } else if (verb.name === 'Redirect') {
      const method = verb.attributes['method'] === 'GET' ? 'GET' : 'POST';
      steps.push({ kind: 'redirect', url: xmlText(verb).trim(), method });
      break;
    } else ignored.push(verb.name);
  }
  return { kind: 'steps', steps, ignored };
}

/** Reads the answer of a webhook by its Content-Type; an empty one says nothing. */
export function readTwiml(contentType: string | undefined, body: string): TwimlReading {
  if (body.trim() === '') return { kind: 'steps', steps: [], ignored: [] };
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'text/plain') {
    const message = { body, mediaUrls: [], to: undefined, from: undefined, action: undefined };
    return { kind: 'steps', steps: [{ kind: 'message', message }], ignored: [] };
  }
  if (!TWIML_TYPES.has(type)) {
    return { kind: 'unread', code: 12_300, detail: type === '' ? 'no Content-Type' : type };
  }
  try {
    return stepsOf(readXml(body));
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return { kind: 'unread', code: 12_100, detail: error.message };
  }
}
