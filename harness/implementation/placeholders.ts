import { BellwetherError, nearestWord } from '../../simulators/kernel/errors.ts';

const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** Fills `${gateway.rbm.url}` and the like; an unknown name is the author's error. */
export function fillPlaceholders(
  text: string,
  values: Readonly<Record<string, string>>,
  where: string,
): string {
  return text.replaceAll(PLACEHOLDER, (whole, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
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
