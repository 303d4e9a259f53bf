/**
 * Loaded into a Node program under test (`NODE_OPTIONS=--import …`, `reach: intercept`): leads its
 * connections to the vendors' hosts to the simulators, whatever library makes them. Plain
 * JavaScript for any Node from 18 on. It changes where a TCP connection goes and nothing else: TLS,
 * its host name and its check, HTTP/1.1 and HTTP/2 are the program's own.
 *
 * Every client of Node ends at `net.Socket.prototype.connect`: net, tls, http, https, http2, fetch,
 * and those that imported `connect` by name before this was loaded.
 */
import http2 from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { findMsw, nameRequests } from './intercept-names.js';

/**
 * `{ proxy: 4321, hosts: [["api.twilio.com", 4322], ["*.api.sinch.com", 4323]] }`
 * @type {{ proxy: number, hosts: [string, number][] }}
 */
const table = JSON.parse(process.env['BELLWETHER_INTERCEPT'] ?? '{"proxy":0,"hosts":[]}');
const LOOPBACK = '127.0.0.1';

/**
 * `*` stands for any part of the first label.
 * @param {string} pattern
 * @param {string} host
 */
function matches(pattern, host) {
  const [before = '', after] = pattern.split('*', 2);
  if (after === undefined) return pattern === host;
  const middle = host.slice(before.length, -after.length);
  return host === before + middle + after && /^[^.]+$/.test(middle);
}

/** @param {string} host */
function isNear(host) {
  return host === 'localhost' || host === '::1' || /^(127\.|0\.0\.0\.0$|::ffff:127\.)/.test(host);
}

/**
 * Set from the first connection on that goes nowhere (a program that makes none has nothing of msw
 * in it): the connect of msw, and the requests it told, by their destination, until the connection
 * of each is refused.
 * @type {{ connect?: Connect, named?: Map<string, string[]> }}
 */
const watched = {};

/**
 * Asks the run's proxy for it, which refuses and tells the report.
 * @param {string} destination
 */
function tell(destination) {
  const request = watched.named?.get(destination)?.shift() ?? `CONNECT ${destination}`;
  const socket = net.connect({ host: LOOPBACK, port: table.proxy });
  socket.on('error', () => {});
  socket.end(`${request} HTTP/1.1\r\nhost: ${destination}\r\nconnection: close\r\n\r\n`);
  socket.resume();
  socket.unref();
}

/**
 * @param {string} host
 * @param {number} port
 */
function refusal(host, port) {
  const error = new Error(`connect ECONNREFUSED ${host}:${port}`);
  return Object.assign(error, {
    code: 'ECONNREFUSED',
    syscall: 'connect',
    address: host,
    port,
  });
}

/**
 * @typedef {{ host?: unknown, port?: unknown, path?: unknown, [name: string]: unknown }} Options
 */

/**
 * The options of a connect in any of its forms, and what puts others in their place.
 * @param {unknown[]} args
 * @returns {[Options, (options: Options) => unknown[]]}
 */
function optionsOf(args) {
  const [first, second] = args;
  // As net.connect and tls.connect hand them on.
  if (Array.isArray(first)) {
    return [first[0], (options) => ((first[0] = options), args)];
  }
  if (typeof first === 'object' && first !== null) {
    return [/** @type {Options} */ (first), (options) => [options, ...args.slice(1)]];
  }
  const isPort = typeof first === 'number' || /^\d+$/.test(String(first));
  if (!isPort) return [{ path: first }, () => args];
  const host = typeof second === 'string' ? second : 'localhost';
  const rest = args.slice(typeof second === 'string' ? 2 : 1);
  return [{ port: Number(first), host }, (options) => [options, ...rest]];
}

const connect = /** @type {Connect} */ (net.Socket.prototype.connect);

/** @typedef {(this: net.Socket, ...args: unknown[]) => net.Socket} Connect */

/**
 * @param {string} host
 * @param {number} port
 */
function destinationOf(host, port) {
  return `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** @param {Options | undefined} options */
function hostOf(options) {
  const host = typeof options?.host === 'string' ? options.host : 'localhost';
  return host.toLowerCase().replace(/\.$/, '');
}

/** @type {Connect} */
const redirected = function (...args) {
  const [options, replaced] = optionsOf(args);
  const host = hostOf(options);
  if (options?.path != null || isNear(host)) return connect.apply(this, args);
  const found = table.hosts.find(([pattern]) => matches(pattern, host));
  if (found !== undefined) {
    // Its own address family, local address and resolver belong to the way to the vendor.
    const { family: _f, localAddress: _a, lookup: _l, ...kept } = options;
    return connect.apply(this, replaced({ ...kept, host: LOOPBACK, port: found[1] }));
  }
  const port = Number(options.port ?? 0);
  tell(destinationOf(host, port));
  Reflect.set(this, 'connecting', true);
  process.nextTick(() => this.destroy(refusal(host, port)));
  return this;
};

/**
 * Whether HTTP/1.1 will be spoken on it: an agent of `node:http` or `node:https` makes it (they
 * mark what they make), or its TLS offers nothing else, as that of fetch. What offers HTTP/2 too,
 * and other protocols, msw cannot read.
 * @param {Options} options
 */
function speaksHttp1({ _agentKey, ALPNProtocols: offered }) {
  if (_agentKey !== undefined) return true;
  return Array.isArray(offered) && offered.length === 1 && offered[0] === 'http/1.1';
}

/** @returns {Connect} */
function watch() {
  const msw = findMsw();
  if (msw === undefined) return redirected;
  const named = (watched.named = new Map());
  return nameRequests(msw, redirected, ({ method, url }) => {
    const { protocol, hostname, port } = new URL(url);
    const usual = protocol === 'https:' ? 443 : 80;
    const destination = `${hostname}:${port === '' ? usual : port}`;
    const before = named.get(destination) ?? [];
    named.set(destination, [...before, `${method} ${url.replace(/[?#].*/s, '')}`]);
  });
}

/** @type {Connect} */
const chosen = function (...args) {
  const [options] = optionsOf(args);
  const host = hostOf(options);
  const leads = isNear(host) || table.hosts.some(([pattern]) => matches(pattern, host));
  if (leads || options?.path != null || !speaksHttp1(options)) return redirected.apply(this, args);
  watched.connect ??= watch();
  return watched.connect.apply(this, args);
};
net.Socket.prototype.connect = /** @type {typeof net.Socket.prototype.connect} */ (chosen);

/**
 * Google's servers take `:scheme` "https:" (with the colon), as firebase-admin's batches send it;
 * the HTTP/2 of Node refuses it as malformed. What the vendor tolerates is tolerated here.
 */
const connectHttp2 = http2.connect;
/** @type {typeof http2.connect} */
const tolerant = (/** @type {any[]} */ ...args) => {
  const session = Reflect.apply(connectHttp2, http2, args);
  const request = session.request.bind(session);
  session.request = (/** @type {any} */ headers, /** @type {any} */ options) => {
    const scheme = headers?.[':scheme'];
    const malformed = typeof scheme === 'string' && scheme.endsWith(':');
    return request(malformed ? { ...headers, ':scheme': scheme.slice(0, -1) } : headers, options);
  };
  return session;
};
http2.connect = tolerant;
syncBuiltinESMExports();
