import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { carrierProfileSchema, deviceProfileSchema } from '../../harness/scenario/schema.ts';

function profiles(folder: string): [string, unknown][] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => [file, parse(readFileSync(join(folder, file), 'utf8'))]);
}

describe('profiles', () => {
  const devices = profiles('simulators/device/profiles');
  const carriers = profiles('simulators/carrier/profiles');

  test('the device profiles of the issues are there', () => {
    expect(devices.map(([file]) => file)).toEqual([
      'android-12.yaml',
      'android-14.yaml',
      'android-16.yaml',
      'ios-26.2.yaml',
      'ios-26.3-hypothetical.yaml',
      'ios-26.3.yaml',
      'ios-26.5.yaml',
    ]);
  });

  test.each(devices)('%s is a valid device profile under its own name', (file, document) => {
    const profile = deviceProfileSchema.parse(document);
    expect(`${profile.device}.yaml`).toBe(file);
    expect(profile.push.provider).toBe(profile.platform === 'ios' ? 'apns' : 'fcm');
  });

  test.each(carriers)('%s is a valid carrier profile under its own name', (file, document) => {
    expect(`${carrierProfileSchema.parse(document)['carrier-profile']}.yaml`).toBe(file);
  });

  test('iOS has end-to-end encryption from 26.5 on only, and only where the carrier has it', () => {
    const e2ee = Object.fromEntries(
      devices.map(([file, document]) => [file, deviceProfileSchema.parse(document).e2ee]),
    );
    expect(e2ee).toMatchObject({
      'ios-26.2.yaml': 'off',
      'ios-26.3.yaml': 'off',
      'ios-26.5.yaml': 'carrier-gated',
    });
  });
});
