/**
 * X-Twilio-Signature (“Security: validating requests are coming from Twilio”; the `webhooks` module
 * of the Node SDK checks it the same way).
 */
import { createHash, createHmac } from 'node:crypto';
import type { Form } from './form.ts';

/** The header, lower case. */
export const SIGNATURE_HEADER = 'x-twilio-signature';

/**
 * base64(HMAC-SHA1(auth token, URL and then each field's name and values)): names sorted by code
 * units, values of a repeated name sorted and each once.
 */
export function signTwilioForm(authToken: string, url: string, form: Form): string {
  let text = url;
  for (const name of [...new Set(form.names)].toSorted(byCodeUnits)) {
    const values = form.all(name);
    const each = values.length < 2 ? values : [...new Set(values)].toSorted(byCodeUnits);
    for (const value of each) text += name + value;
  }
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}

/** For bodies that are no form: the URL names the body's hash, and only the URL is signed. */
export function signTwilioBody(
  authToken: string,
  url: string,
  body: string,
): { readonly query: string; readonly signature: string } {
  const query = `bodySHA256=${createHash('sha256').update(body, 'utf8').digest('hex')}`;
  const signed = `${url}${url.includes('?') ? '&' : '?'}${query}`;
  const signature = createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
  return { query, signature };
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
