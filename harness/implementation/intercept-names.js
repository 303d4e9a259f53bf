/**
 * Names the HTTP requests of a Node program that lead nowhere, by msw: it reads each from its
 * emulated socket before the connection is made. It carries none of them, nor any to a vendor:
 * docs/decisions/msw.md has what would be lost.
 */
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';

const require = createRequire(import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
/** What msw needs. */
const NEW_ENOUGH = major > 22 || (major === 22 && minor >= 12);

/** The first msw that reads requests from sockets. */
const MSW_MAJOR = 3;

/**
 * Where msw is; undefined where this Node is too old for it, where it is not installed (it need not
 * be), or an older one is: requests are named by their host alone then.
 */
export function findMsw() {
  if (!NEW_ENOUGH) return undefined;
  try {
    const { version } = require('msw/package.json');
    return Number.parseInt(version, 10) < MSW_MAJOR
      ? undefined
      : require.resolve('msw/experimental');
  } catch (error) {
    if (/** @type {any} */ (error).code?.startsWith('MODULE')) return undefined;
    throw error;
  }
}

/**
 * Loads msw upon `connect`, and gives back the connect by which it sees a connection. Each request
 * on one is told, and then connected by `connect` as if msw were not there.
 * @template {(this: net.Socket, ...args: unknown[]) => net.Socket} Connect
 * @param {string} msw what `findMsw` found
 * @param {Connect} connect
 * @param {(request: Request) => void} told
 * @returns {Connect}
 */
export function nameRequests(msw, connect, told) {
  const prototype = net.Socket.prototype;
  const outer = prototype.connect;
  const { addRequest } = /** @type {any} */ (http.Agent.prototype);
  const { defineNetwork, InterceptorSource } = require(msw);
  const { HttpRequestInterceptor } = createRequire(msw)('@mswjs/interceptors/http');
  // msw hands on what it does not answer to whatever it finds there.
  prototype.connect = /** @type {any} */ (connect);
  defineNetwork({
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
    handlers: [],
    context: { quiet: true },
    onUnhandledFrame: (/** @type {any} */ { frame }) => {
      if (frame.protocol === 'http') told(frame.data.request);
    },
  }).enable();
  const seen = /** @type {any} */ (prototype.connect);
  prototype.connect = outer;
  // It would have agents dial anew for every request that msw does not see.
  Object.assign(http.Agent.prototype, { addRequest });
  return seen;
}
