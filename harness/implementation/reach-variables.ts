/**
 * What is set for a program so that it comes to the simulators by the vendors' own host names.
 * Which variable which client reads: docs/discoveries/redirecting-node-clients.md.
 */

export type Variables = Readonly<Record<string, string>>;

/** What the preload is told: a listener for each vendor host, and one that refuses and tells. */
interface InterceptTable {
  readonly proxy: number;
  readonly hosts: readonly (readonly [host: string, port: number])[];
}

const NEAR = 'localhost,127.0.0.1,::1';
const PRELOAD = new URL('intercept-preload.js', import.meta.url);

/**
 * Whom to trust: Node, OpenSSL (Ruby, PHP, Go, Python), requests, curl, git, gRPC, Deno, the AWS
 * SDKs.
 */
function trustVariables(caFile: string): Variables {
  return {
    NODE_EXTRA_CA_CERTS: caFile,
    SSL_CERT_FILE: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    CURL_CA_BUNDLE: caFile,
    GIT_SSL_CAINFO: caFile,
    AWS_CA_BUNDLE: caFile,
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: caFile,
    TWILIO_CA_BUNDLE: caFile,
    DENO_CERT: caFile,
  };
}

/** `near`: names that are this machine itself, for a program inside a container. */
export function proxyVariables(proxyUrl: string, caFile: string, near: string = NEAR): Variables {
  return {
    HTTP_PROXY: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    http_proxy: proxyUrl,
    https_proxy: proxyUrl,
    NO_PROXY: near,
    no_proxy: near,
    // Node 24's own http, https and fetch heed the proxy when this says so.
    NODE_USE_ENV_PROXY: '1',
    ...trustVariables(caFile),
  };
}

/** For Node; `own` are the options that the program is started with anyway. */
export function interceptVariables(
  table: InterceptTable,
  caFile: string,
  own: string | undefined,
): Variables {
  const preload = `--import=${PRELOAD.href}`;
  return {
    NODE_OPTIONS: own === undefined || own === '' ? preload : `${own} ${preload}`,
    BELLWETHER_INTERCEPT: JSON.stringify(table),
    ...trustVariables(caFile),
  };
}

/** For a container whose host names lead here. */
export function hostsVariables(caFile: string): Variables {
  return trustVariables(caFile);
}
