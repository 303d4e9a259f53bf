import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CA_FILE, keptRunCertificates } from '../../simulators/network/run-certificates.ts';

const NOW = Date.UTC(2026, 0, 10);
const DAY_MS = 86_400_000;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'bellwether-certificates-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return join(made, 'certificates');
}

describe('kept certificates', () => {
  it('are the same the next time, and the key is for nobody else to read', async () => {
    const where = folder();
    const first = await keptRunCertificates(where, NOW);
    expect(await keptRunCertificates(where, NOW + 20 * DAY_MS)).toEqual(first);
    expect(readFileSync(join(where, CA_FILE), 'utf8')).toBe(first.caPem);
    expect(statSync(join(where, 'key.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(where).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['they have ended', NOW + 31 * DAY_MS],
    ['they would end during a run', NOW + 30 * DAY_MS - 60_000],
    ['they have not begun', NOW - 2 * DAY_MS],
  ])('are renewed when %s', async (_why, later) => {
    const where = folder();
    const first = await keptRunCertificates(where, NOW);
    const second = await keptRunCertificates(where, later);
    expect(second.caPem).not.toBe(first.caPem);
    const { validFrom, validTo } = new X509Certificate(second.certificatePem);
    expect(Date.parse(validFrom)).toBeLessThan(later);
    expect(Date.parse(validTo)).toBeGreaterThan(later + 20 * DAY_MS);
    expect(await keptRunCertificates(where, later)).toEqual(second);
  });

  it('are renewed when they do not belong together, or are cut short', async () => {
    const where = folder();
    const other = await keptRunCertificates(folder(), NOW);
    const first = await keptRunCertificates(where, NOW);
    writeFileSync(join(where, 'key.pem'), other.privateKeyPem);
    const second = await keptRunCertificates(where, NOW);
    expect(second.caPem).not.toBe(first.caPem);
    writeFileSync(join(where, CA_FILE), second.caPem.slice(0, 100));
    const third = await keptRunCertificates(where, NOW);
    expect(
      new X509Certificate(third.certificatePem).verify(new X509Certificate(third.caPem).publicKey),
    ).toBe(true);
  });

  it('that cannot be kept are one clear error', async () => {
    const where = folder();
    writeFileSync(where, 'a file where the folder should be');
    await expect(keptRunCertificates(where, NOW)).rejects.toMatchObject({
      code: 'WORLD_CERTIFICATES',
      blame: 'environment',
    });
  });
});
