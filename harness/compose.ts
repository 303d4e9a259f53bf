/**
 * The one composition root: the only place where simulators, judges and reports meet the rest. All
 * registries reach the scenario language as one Vocabulary from here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { EventKind } from '../simulators/kernel/events.ts';
import type { ProfileText, Vocabulary } from '../simulators/kernel/vocabulary.ts';
import { FAULTS } from '../simulators/faults/index.ts';
import type { GatewayRow } from '../simulators/gateway/api/gateway.ts';
import { GATEWAYS } from '../simulators/gateway/personalities/index.ts';
import { RULES } from './judge/index.ts';
import { MESSAGE_KINDS } from './plan/message-text.ts';
import { PROJECT_FOLDER } from './project.ts';

export { PROJECT_FOLDER, projectVersion } from './project.ts';

/** Events that a fault may be anchored to: those that tell of a message's way. */
const ANCHORS: readonly EventKind[] = [
  'message.intended',
  'message.submitted',
  'message.answered',
  'door.request',
  'door.answered',
  'callback.sent',
  'business.received',
  'device.received',
  'device.notified',
  'device.displayed',
  'device.read',
  'mls.joined',
  'mls.decrypted',
  'mls.encrypted',
  'stored',
];

function profiles(folder: string): Record<string, ProfileText> {
  const path = join(PROJECT_FOLDER, folder);
  return Object.fromEntries(
    readdirSync(path)
      .filter((file) => file.endsWith('.yaml'))
      .toSorted()
      .map((file) => [
        basename(file, '.yaml'),
        { file: join(folder, file), text: readFileSync(join(path, file), 'utf8') },
      ]),
  );
}

/** A plan names what a gateway brings only where it is not what RBM does. */
function otherChannels(): Vocabulary['gatewayChannels'] {
  const usual = GATEWAYS.rbm.carries.join();
  return Object.fromEntries(
    Object.entries<GatewayRow>(GATEWAYS)
      .filter(([, { carries }]) => carries.join() !== usual)
      .map(([name, { carries }]) => [name, carries]),
  );
}

export function createVocabulary(): Vocabulary {
  return {
    faults: FAULTS,
    rules: Object.fromEntries(Object.entries(RULES).map(([name, rule]) => [name, rule.entry])),
    gateways: Object.keys(GATEWAYS),
    gatewayChannels: otherChannels(),
    gatewaysReading: Object.entries<GatewayRow>(GATEWAYS)
      .filter(([, { readsEncrypted }]) => readsEncrypted === true)
      .map(([name]) => name),
    push: ['apns', 'fcm'],
    messageKinds: MESSAGE_KINDS,
    eventKinds: ANCHORS,
    profiles: {
      devices: profiles('simulators/device/profiles'),
      carriers: profiles('simulators/carrier/profiles'),
      policies: profiles('scenarios/policies'),
    },
  };
}
