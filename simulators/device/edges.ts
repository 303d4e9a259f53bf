/**
 * The edges of an implementation that a phone touches: the organisation's own app (`app:` in
 * implementation.yaml) and its secure links (`link:`). Strings are templates.
 */

/** One call of the app to the implementation. `{{recipient.…}}`, `{{device.…}}`, `{{push.…}}`. */
export interface AppCall {
  /** Default GET (for `receipt`: POST). */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface AppEdge {
  /** JSON Pointers to the message's id in each provider's payload. */
  readonly push: { readonly apns?: string; readonly fcm?: string };
  /** How the content is got: JSON Pointers into the answer, to a text and a file's descriptor. */
  readonly fetch?: AppCall & { readonly text: string; readonly attachment?: string };
  /** Or the push carries it encrypted: JSON Pointer to a compact JWE in the payload. */
  readonly decrypt?: { readonly field: string };
  /** Read when the person opens the app: `items` points to a list of messages. */
  readonly inbox?: AppCall & { readonly items: string };
  /** Told what became of a message: `{{receipt.event}}` is received, displayed or read. */
  readonly receipt?: AppCall;
}

export interface LinkEdge {
  /** Hosts that stand in links; all are taken to the implementation's base URL. */
  readonly hosts: readonly string[];
  /** Form field → template of what the person fills in: `{{recipient.signInCode}}`. */
  readonly signIn?: { readonly fields: Readonly<Record<string, string>> };
}

/** What phones know of the implementation; empty until it is connected. */
export interface PhoneEdges {
  /** Without a slash at the end: `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  readonly app?: AppEdge;
  readonly link?: LinkEdge;
}
