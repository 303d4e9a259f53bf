/** Leads Google's host names to a server of this machine, for SDKs that cannot be told another. */
import tls from 'node:tls';

export interface GoogleHosts {
  readonly names: readonly string[];
  /** From now on; returns the undoing. */
  lead(port: number, caPem: string): () => void;
}

const NAMES = [
  'fcm.googleapis.com',
  'iid.googleapis.com',
  'oauth2.googleapis.com',
  'www.googleapis.com',
  'accounts.google.com',
];

type Options = tls.ConnectionOptions;

function optionsOf(first: unknown, second: unknown, third: unknown): Options {
  if (typeof first === 'object' && first !== null) return first;
  const named = typeof second === 'string' ? { host: second, port: Number(first) } : {};
  const given = typeof second === 'object' ? second : third;
  return { ...named, ...(given as Options | undefined) };
}

export const GOOGLE_HOSTS: GoogleHosts = {
  names: NAMES,
  lead: (port, ca) => {
    const connect = tls.connect.bind(tls);
    const led = (first: unknown, second?: unknown, third?: unknown): tls.TLSSocket => {
      const options = optionsOf(first, second, third);
      const host = options.servername || options.host || '';
      if (!NAMES.includes(host)) {
        return (connect as (...all: unknown[]) => tls.TLSSocket)(first, second, third);
      }
      return connect({ ...options, host: '127.0.0.1', port, ca, servername: host });
    };
    Object.assign(tls, { connect: led });
    return () => Object.assign(tls, { connect });
  },
};
