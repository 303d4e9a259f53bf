import { describe, expect, test } from 'vitest';
import { isDevicePath, pathOf, pathsOf } from '../../simulators/kernel/paths.ts';
import { devicePlan, personPlan } from '../device/stage.ts';
import { carrier, cellOf, people } from './stage.ts';

const [ana, ben] = people();
const phone = 'person/ben/device/1';

describe('the path of a channel', () => {
  const cell = cellOf();

  test('leads through the gateway and the home core to every device that can show it', () => {
    expect(pathOf(cell, ana!, 'rcs-e2ee')).toEqual([
      'gateway/rbm',
      'carrier/northtel/rcs',
      'person/ana/device/1',
      'person/ana/device/2',
    ]);
    expect(pathOf(cell, ben!, 'rcs')).toEqual(['gateway/rbm', 'carrier/southcell/rcs', phone]);
  });

  test('of an SMS leads through both centres to the phone with the SIM', () => {
    const path = pathOf(cell, ben!, 'sms');
    expect(path).toEqual(['carrier/northtel/sms', 'carrier/southcell/sms', phone]);
    const at = pathOf(cell, ana!, 'sms');
    expect(at).toEqual(['carrier/northtel/sms', 'person/ana/device/1']);
    expect(at.filter(isDevicePath)).toHaveLength(1);
  });

  test('of a push leads through the provider of each device', () => {
    const both = personPlan('cleo', [ana!.devices[0]!, { ...ben!.devices[0]!, id: '2' }]);
    expect(pathsOf(cell, both, 'app-push')).toEqual([
      ['push/apns', 'person/cleo/device/2'],
      ['push/fcm', 'person/cleo/device/1'],
    ]);
    const without = personPlan('dan', [devicePlan('1', { app: false })]);
    expect(pathOf(cell, without, 'app-push')).toEqual([]);
  });

  test('of a secure link has RCS and SMS as its two ways', () => {
    expect(pathsOf(cell, ben!, 'secure-link')).toEqual([
      pathOf(cell, ben!, 'rcs'),
      pathOf(cell, ben!, 'sms'),
    ]);
  });

  test('is not there where the plan alone rules it out', () => {
    const carriers = [carrier('northtel'), carrier('southcell', { rcs: false, e2ee: false })];
    const small = cellOf({ carriers, sms: null, gateways: ['rbm'], push: [] });
    for (const channel of ['rcs', 'rcs-e2ee', 'sms', 'secure-link', 'app-push', 'mms'] as const) {
      expect(pathOf(small, ben!, channel)).toEqual([]);
    }
    const open = cellOf({ carriers: [carrier('northtel', { e2ee: false })] });
    expect(pathOf(open, ana!, 'rcs-e2ee')).toEqual([]);
    expect(pathOf(open, ana!, 'rcs')).not.toEqual([]);
  });

  test('leads through every gateway that brings it, and SMS through those that bring texts', () => {
    const gatewayChannels = { twilio: ['rcs', 'sms'] } as const;
    const two = cellOf({ gateways: ['rbm', 'twilio'], gatewayChannels });
    expect(pathsOf(two, ben!, 'rcs')).toEqual([
      ['gateway/rbm', 'carrier/southcell/rcs', phone],
      ['gateway/twilio', 'carrier/southcell/rcs', phone],
    ]);
    expect(pathsOf(two, ana!, 'rcs-e2ee').map(([gateway]) => gateway)).toEqual(['gateway/rbm']);
    expect(pathsOf(two, ben!, 'sms')).toEqual([
      ['carrier/northtel/sms', 'carrier/southcell/sms', phone],
      ['gateway/twilio', 'carrier/southcell/sms', phone],
    ]);
    expect(pathsOf(two, ben!, 'secure-link')).toHaveLength(4);
  });

  test('between people has no gateway', () => {
    const check = cellOf({ gateways: [] }, { worldCheck: true });
    expect(pathOf(check, ben!, 'rcs')).toEqual(['carrier/southcell/rcs', phone]);
  });
});
