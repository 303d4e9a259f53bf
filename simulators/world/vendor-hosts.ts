/**
 * The vendors' own host names, by the component that stands for them: what the doors of a world are
 * reached by when a client cannot be given another address, and what the run's certificate names.
 * Gateways and push services say theirs in their registry entries.
 */
import type { GatewayRow } from '../gateway/api/gateway.ts';
import { GATEWAYS } from '../gateway/personalities/index.ts';
import type { ServiceEntry } from '../kernel/service-entry.ts';
import { hostOf, isVendorHost } from '../network/vendor-hosts.ts';
import type { VendorHost } from '../network/vendor-hosts.ts';
import type { WireRequest } from '../network/wire.ts';
import { decodeJwt } from '../protocol/jwt/decode.ts';
import { PUSH_SERVICES } from '../push/entries.ts';

/**
 * Token endpoints of service accounts, old and new (google-auth-library, gtoken, firebase-admin).
 */
const GOOGLE_TOKEN_HOSTS = ['oauth2.googleapis.com', 'www.googleapis.com', 'accounts.google.com'];

/** The scopes of the assertion by which a service account asks for a token (RFC 7523 §3). */
function askedScopes(request: WireRequest): string {
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const decoded = decodeJwt(form.get('assertion') ?? '');
  const scope = decoded.kind === 'decoded' ? decoded.claims['scope'] : undefined;
  return typeof scope === 'string' ? scope : '';
}

/** Whose token it is, where a world has several services of Google. */
const TOKEN_SCOPES: Readonly<Record<string, string>> = {
  'gateway/rbm': 'auth/rcsbusinessmessaging',
  'push/fcm': 'auth/firebase.messaging',
};

function vendorHosts(component: string, hosts: readonly string[]): VendorHost[] {
  const scope = TOKEN_SCOPES[component];
  return hosts.map((host) =>
    scope === undefined || !GOOGLE_TOKEN_HOSTS.includes(host)
      ? { host }
      : { host, takes: (request) => askedScopes(request).includes(scope) },
  );
}

/** `rbm` → the hosts by which RBM's clients know it. */
export function gatewayHosts(name: string): VendorHost[] {
  const entries: Readonly<Record<string, GatewayRow>> = GATEWAYS;
  return vendorHosts(`gateway/${name}`, entries[name]?.hosts ?? []);
}

/** `apns` → the hosts by which its clients know it. */
export function pushHosts(name: string): VendorHost[] {
  const entries: Readonly<Record<string, ServiceEntry>> = PUSH_SERVICES;
  return vendorHosts(`push/${name}`, entries[name]?.hosts ?? []);
}

export interface VendorHostRow {
  /** `gateway/twilio` */
  readonly component: string;
  /** `api.twilio.com`; `*` stands for any part of its first label. */
  readonly host: string;
}

/** All that any world can have. */
function allVendorHosts(): VendorHostRow[] {
  const rows = (component: string, hosts: readonly VendorHost[]): VendorHostRow[] =>
    hosts.map(({ host }) => ({ component, host }));
  return [
    ...Object.keys(GATEWAYS).flatMap((name) => rows(`gateway/${name}`, gatewayHosts(name))),
    ...Object.keys(PUSH_SERVICES).flatMap((name) => rows(`push/${name}`, pushHosts(name))),
  ];
}

/** The component that stands for a host, in the worlds that have it: `gateway/twilio`. */
export function componentOfHost(authority: string): string | undefined {
  const host = hostOf(authority);
  return allVendorHosts().find((row) => isVendorHost(row.host, host))?.component;
}

/** A name by which a container knows this machine (Docker's own, "host-gateway"). */
export const CONTAINERS_HOST = 'host.docker.internal';

/**
 * The names of the run's certificate. A wildcard stands for a whole label there (RFC 6125 §6.4.3),
 * so `*-x.example.com` becomes `*.example.com`.
 */
export function certificateNames(): string[] {
  const names = allVendorHosts().map(({ host }) => host.replace(/^[^.]*\*[^.]*/, '*'));
  return [...new Set([...names, CONTAINERS_HOST])];
}
