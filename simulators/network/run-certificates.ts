/** What a TLS server of this run shows, and what its clients have to trust. */
export interface RunCertificates {
  /** The certificate authority; made for this run, its key is thrown away. */
  readonly caPem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const DAY_MS = 86_400_000;
const FIELDS = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/**
 * A certificate authority and one server certificate for `127.0.0.1` and `localhost`, valid from a
 * day ago (clocks differ) for a month. Only sockets use it, so it need not come from the seed.
 */
export async function createRunCertificates(epochMillis: number): Promise<RunCertificates> {
  // Loaded where TLS is served: virtual time never needs it, and it takes long to load.
  const { generate } = await import('selfsigned');
  const validity = {
    notBeforeDate: new Date(epochMillis - DAY_MS),
    notAfterDate: new Date(epochMillis + 30 * DAY_MS),
  };
  const authority = await generate([{ name: 'commonName', value: 'Bellwether run CA' }], {
    ...FIELDS,
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...FIELDS,
    ...validity,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return {
    caPem: authority.cert,
    certificatePem: server.cert,
    privateKeyPem: server.private,
  };
}
