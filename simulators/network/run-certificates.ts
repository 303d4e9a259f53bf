import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BellwetherError } from '../kernel/errors.ts';

/** What a TLS server of this run shows, and what its clients have to trust. */
export interface RunCertificates {
  /** The certificate authority; its key is thrown away as soon as it has signed. */
  readonly caPem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const DAY_MS = 86_400_000;
/** What is kept is renewed when it would not last for so long any more. */
const SPARE_MS = DAY_MS;
/** In the folder where they are kept: what clients trust, what the servers show, and its key. */
export const CA_FILE = 'ca.pem';
const CERTIFICATE_FILE = 'certificate.pem';
const KEY_FILE = 'key.pem';
const FIELDS = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/**
 * A certificate authority and one server certificate for `127.0.0.1`, `localhost` and `names` (DNS
 * names; a wildcard stands for one label), valid from a day ago (clocks differ) for a month. Only
 * sockets use it, so it need not come from the seed.
 */
export async function createRunCertificates(
  epochMillis: number,
  names: readonly string[] = [],
): Promise<RunCertificates> {
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
          ...names.map((value) => ({ type: 2, value }) as const),
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

function read(folder: string): RunCertificates | undefined {
  const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
  try {
    return {
      caPem: text(CA_FILE),
      certificatePem: text(CERTIFICATE_FILE),
      privateKeyPem: text(KEY_FILE),
    };
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole, belonging together, begun and not about to end, good for all of the names. */
function serve(kept: RunCertificates, epochMillis: number, names: readonly string[]): boolean {
  try {
    const authority = new X509Certificate(kept.caPem);
    const server = new X509Certificate(kept.certificatePem);
    const lasts = [authority, server].every(
      ({ validFrom, validTo }) =>
        Date.parse(validFrom) <= epochMillis && Date.parse(validTo) >= epochMillis + SPARE_MS,
    );
    const named = new Set(server.subjectAltName?.split(', '));
    return (
      lasts &&
      names.every((name) => named.has(`DNS:${name}`)) &&
      server.verify(authority.publicKey) &&
      server.checkPrivateKey(createPrivateKey(kept.privateKeyPem))
    );
  } catch {
    // Not certificates at all, or cut short: new ones take their place.
    return false;
  }
}

function write(folder: string, certificates: RunCertificates): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const put = (file: string, text: string, mode: number): void => {
    // Renamed into place: whoever reads meanwhile sees the old one or the new one whole.
    const path = join(folder, file);
    writeFileSync(`${path}.new`, text, { mode });
    renameSync(`${path}.new`, path);
  };
  put(KEY_FILE, certificates.privateKeyPem, 0o600);
  put(CERTIFICATE_FILE, certificates.certificatePem, 0o644);
  put(CA_FILE, certificates.caPem, 0o644);
}

/**
 * The certificates of a folder, for programs that were told beforehand whom to trust; made there
 * where none are, or where they have ended or lack a name. Throws WORLD_CERTIFICATES (environment).
 */
export async function keptRunCertificates(
  folder: string,
  epochMillis: number,
  names: readonly string[] = [],
): Promise<RunCertificates> {
  try {
    const kept = read(folder);
    if (kept !== undefined && serve(kept, epochMillis, names)) return kept;
    const made = await createRunCertificates(epochMillis, names);
    write(folder, made);
    return made;
  } catch (error) {
    const { code } = error as { code?: string };
    throw new BellwetherError(`cannot keep certificates in ${folder} (${code ?? String(error)})`, {
      code: 'WORLD_CERTIFICATES',
      blame: 'environment',
      hint: 'Is the folder yours, may you write in it, and has the disk room?',
      cause: error,
    });
  }
}
