/**
 * Which vendor hosts lead to which simulator: one table of a network, filled by the doors as they
 * begin to listen, read by whatever brings a client that knows the vendor's own host name here (the
 * proxy, the preload, a container's host names). What stands nowhere in it leads nowhere.
 */
import type { HttpDoor, WireRequest, WireResponse } from './wire.ts';

/** One host name of a vendor. */
export interface VendorHost {
  /** `api.twilio.com`; `*` stands for any part of the first label: `*-rcs.example.com`. */
  readonly host: string;
  /**
   * Whether a request for a host that several simulators of one world share is this one's (Google's
   * token endpoint). Where nobody says so, the first in the world has it. Default: it says nothing.
   */
  readonly takes?: (request: WireRequest) => boolean;
}

/** `host` is lower case, without port or trailing dot. */
export function isVendorHost(pattern: string, host: string): boolean {
  const [before, after] = pattern.split('*', 2);
  if (before === undefined || after === undefined) return pattern === host;
  const middle = host.slice(before.length, -after.length);
  return host === `${before}${middle}${after}` && /^[^.]+$/.test(middle);
}

/** The host of a Host field or an authority: lower case, without port, brackets, trailing dot. */
export function hostOf(authority: string): string {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(authority)?.[1] ?? authority.replace(/:\d+$/, '');
  return bare.toLowerCase().replace(/\.$/, '');
}

interface Row {
  readonly door: HttpDoor;
  readonly vendor: VendorHost;
}

export interface VendorHosts {
  /** Returns the removal. */
  add(door: HttpDoor, hosts: readonly VendorHost[]): () => void;
  /** The names as they were added, each once. */
  readonly names: readonly string[];
  /**
   * Every simulator behind this name (or this very pattern), in the order in which they began to
   * listen.
   */
  doorsOf(host: string): readonly HttpDoor[];
  /**
   * Answers for all of them, by the Host field of each request. A request for a name that is not in
   * the table is told to `refused` (`POST https://tracker.example/v1`), and answered 421 (RFC 9110
   * §15.5.20).
   */
  handle(
    request: WireRequest,
    scheme: 'http' | 'https',
    refused: (what: string) => void,
  ): ReturnType<HttpDoor['handle']>;
}

function misdirected(host: string): WireResponse {
  return {
    status: 421,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: `bellwether: ${host} leads to no simulator\n`,
  };
}

export function createVendorHosts(): VendorHosts {
  let rows: readonly Row[] = [];
  const rowsOf = (host: string): readonly Row[] =>
    rows.filter(({ vendor }) => vendor.host === host || isVendorHost(vendor.host, host));
  return {
    add: (door, hosts) => {
      const mine = hosts.map((vendor): Row => ({ door, vendor }));
      rows = [...rows, ...mine];
      return () => {
        rows = rows.filter((row) => !mine.includes(row));
      };
    },
    get names() {
      return [...new Set(rows.map(({ vendor }) => vendor.host))];
    },
    doorsOf: (host) => [...new Set(rowsOf(host).map(({ door }) => door))],
    handle: (request, scheme, refused) => {
      const host = hostOf(request.headers['host'] ?? '');
      const known = rowsOf(host);
      const row = known.find(({ vendor }) => vendor.takes?.(request) === true) ?? known[0];
      if (row !== undefined) return row.door.handle(request);
      refused(`${request.method} ${scheme}://${host}${request.path}`);
      return { kind: 'answer', response: misdirected(host) };
    },
  };
}
