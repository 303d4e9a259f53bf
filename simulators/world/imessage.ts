import type { Ambient } from '../kernel/ambient.ts';
import type { TargetRegistry } from '../kernel/target.ts';
import type { ImessageLine } from '../network/bearer.ts';
import { createConditions } from '../network/door-conditions.ts';
import { createImessage, IMESSAGE_PATH } from '../push/imessage.ts';

/** The service between iPhones, where the scenario's world has it. */
export function createImessageService(ambient: Ambient, targets: TargetRegistry): ImessageLine {
  const { clock, history, random } = ambient;
  const component = IMESSAGE_PATH;
  const conditions = createConditions({ component, clock, history, random, refusable: false });
  history.append({ kind: 'component.changed', component, state: 'up', why: 'started' });
  const service = createImessage({ ambient, conditions });
  targets.register(service.target);
  return service;
}
