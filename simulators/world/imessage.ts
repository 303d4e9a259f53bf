import type { Ambient } from '../kernel/ambient.ts';
import type { TargetRegistry } from '../kernel/target.ts';
import type { Conditions } from '../network/conditions.ts';
import type { Directory, ImessageLine } from '../network/bearer.ts';
import { createImessage, IMESSAGE_PATH } from '../push/imessage.ts';
import type { KitMaker } from './component.ts';

/** The service between iPhones, where the scenario's world has it. */
export function createImessageService(options: {
  readonly ambient: Ambient;
  readonly targets: TargetRegistry;
  readonly kits: KitMaker;
  readonly people: () => Directory;
}): ImessageLine {
  const { ambient, targets, kits, people } = options;
  const { conditions, tap } = kits.kit(IMESSAGE_PATH, 'push', false);
  const pushes = (): Conditions | undefined => kits.conditionsOf('push/apns');
  const service = createImessage({ ambient, conditions, tap, people, pushes });
  targets.register(service.target);
  return service;
}
