/** A story in virtual time: an SMPP client at northtel's centre, and time that passes when told. */
import { expect } from 'vitest';
import type { CarrierPlan } from '../../simulators/kernel/plan.ts';
import type { VirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import type { SmppClient, SmppDelivery } from '../../simulators/protocol/smpp/client.ts';
import { createVirtualClock } from '../../simulators/kernel/virtual-clock.ts';
import { createStreamPair } from '../../simulators/network/memory-stream.ts';
import { createSmppClient } from '../../simulators/protocol/smpp/client.ts';
import { segmentText } from '../../simulators/protocol/sms-text/segment.ts';
import { createSmsWorld } from './sms-world.ts';
import type { SmsWorld } from './sms-world.ts';

export const ANA = {
  sourceAddr: '12345',
  destAddrTon: 1,
  destAddrNpi: 1,
  destinationAddr: '999000000001',
};
export const SECOND = 1_000_000;

interface Story extends SmsWorld {
  readonly time: VirtualClock;
  readonly deliveries: SmppDelivery[];
  connect(onDeliver?: (delivery: SmppDelivery) => number | void): SmppClient;
  /** Lets `seconds` pass. */
  pass(seconds: number): Promise<void>;
  bound(mode?: 'transmitter' | 'receiver' | 'transceiver'): Promise<SmppClient>;
}

export function story(more: Partial<CarrierPlan> = {}): Story {
  const time = createVirtualClock();
  const world = createSmsWorld(time, more);
  const deliveries: SmppDelivery[] = [];
  const pass = (seconds: number): Promise<void> => time.run(time.now() + seconds * SECOND);
  const connect: Story['connect'] = (onDeliver) => {
    const [near, far] = createStreamPair(time, 50);
    world.northtel.door.connected(far);
    return createSmppClient({
      stream: near,
      clock: {
        after: (delayMs, task, options) => time.after(delayMs * 1000, task, options ?? {}),
      },
      enquireLinkMs: 0,
      onDeliver: (delivery) => {
        deliveries.push(delivery);
        return onDeliver?.(delivery);
      },
    });
  };
  const bound: Story['bound'] = async (mode = 'transceiver') => {
    const client = connect();
    const { systemId, password } = world.northtel.credentials;
    const binding = client.bind(mode, { systemId, password });
    await pass(1);
    expect(await binding).toMatchObject({ kind: 'accepted' });
    return client;
  };
  return { ...world, time, deliveries, connect, pass, bound };
}

/** Submits every part; resolves the outcomes after one second of the story. */
export async function send(at: Story, client: SmppClient, text: string, registeredDelivery = 1) {
  const outcomes = segmentText(text, 7).map((part) =>
    client.submit({ ...ANA, ...part, registeredDelivery }),
  );
  await at.pass(1);
  return Promise.all(outcomes);
}
