import { GATEWAYS } from '../../simulators/gateway/personalities/index.ts';
import { BellwetherError, nearestWord } from '../../simulators/kernel/errors.ts';

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** What a world can have, and a scenario may leave out. Carriers are named by the scenario. */
const COMPONENT = new RegExp(
  `^(gateway\\.(?:${Object.keys(GATEWAYS).join('|')})|push\\.(?:apns|fcm)|` +
    'carrier\\.[^.]+|sms|attachments)\\.',
);

/** A component that this scenario's world leaves out: its settings are empty, not wrong. */
function isAbsent(name: string, values: Readonly<Record<string, string>>): boolean {
  const component = COMPONENT.exec(name)?.[0];
  if (component === undefined) return false;
  return !Object.keys(values).some((known) => known.startsWith(component));
}

/** Fills `${gateway.rbm.url}` and the like; an unknown name is the author's error. */
export function fillPlaceholders(
  text: string,
  values: Readonly<Record<string, string>>,
  where: string,
): string {
  return text.replaceAll(PLACEHOLDER, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) return value;
    if (isAbsent(name, values)) return '';
    const near = nearestWord(name, Object.keys(values));
    throw new BellwetherError(`${where}: ${whole} is not something this world can fill in`, {
      code: 'IMPLEMENTATION_PLACEHOLDER',
      blame: 'author',
      hint:
        near === undefined
          ? `Known here: ${Object.keys(values).toSorted().join(', ')}.`
          : `Did you mean \${${near}}?`,
    });
  });
}

export function fillRecord(
  record: Readonly<Record<string, string | number | boolean>> | undefined,
  values: Readonly<Record<string, string>>,
  where: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record ?? {}).map(([key, value]) => [
      key,
      fillPlaceholders(String(value), values, `${where}.${key}`),
    ]),
  );
}

/** Fills every string of a parsed block (`send` and what is in it); keys stay. */
export function fillDeep<T>(block: T, values: Readonly<Record<string, string>>, where: string): T {
  const fill = (part: unknown): unknown => {
    if (typeof part === 'string') return fillPlaceholders(part, values, where);
    if (Array.isArray(part)) return part.map(fill);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, fill(value)]));
  };
  return fill(block) as T;
}
