/** A request's header section over HTTP/2 (RFC 9113 §8.2, §8.3), read field by field. */

export interface Http2Head {
  readonly method: string;
  /** `:path` as it stood on the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the content-length field; undefined where there is none. */
  readonly length: number | undefined;
}

const SCHEME = /^[a-z][a-z0-9+.-]*$/i;
/** Lower-case tokens (RFC 9110 §5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const FORBIDDEN_IN_VALUE = /[\0\r\n]/;
/** They belong to a connection of HTTP/1.1. */
const OF_HTTP1: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);
const PSEUDO: ReadonlySet<string> = new Set([':method', ':path', ':scheme', ':authority']);

export interface HeadReader {
  field(name: string, value: string): void;
  /** Undefined: the request is malformed. */
  end(): Http2Head | undefined;
}

/** `anyScheme`: for hosts whose servers do not look at it. */
export function readHead(anyScheme: boolean): HeadReader {
  const pseudo: Record<string, string> = {};
  const headers: Record<string, string> = {};
  let regular = false;
  let malformed = false;

  return {
    field: (name, value) => {
      if (name.startsWith(':')) {
        if (regular || !PSEUDO.has(name) || pseudo[name] !== undefined) malformed = true;
        pseudo[name] = value;
        return;
      }
      regular = true;
      const isBad = !NAME.test(name) || OF_HTTP1.has(name) || name === '__proto__';
      if (isBad || FORBIDDEN_IN_VALUE.test(value)) {
        malformed = true;
        return;
      }
      const before = headers[name];
      // Cookie crumbs are one field again (RFC 9113 §8.2.3).
      const joint = name === 'cookie' ? '; ' : ', ';
      headers[name] = before === undefined ? value : `${before}${joint}${value}`;
    },
    end: () => {
      const { ':method': method, ':path': target, ':scheme': scheme } = pseudo;
      const authority = pseudo[':authority'];
      if (malformed || method === undefined || scheme === undefined) return undefined;
      if (target === undefined || target === '' || !(anyScheme || SCHEME.test(scheme))) {
        return undefined;
      }
      if (authority !== undefined) headers['host'] ??= authority;
      const stated = headers['content-length'];
      if (stated !== undefined && !/^\d{1,15}$/.test(stated)) return undefined;
      return { method, target, headers, length: stated === undefined ? undefined : Number(stated) };
    },
  };
}
