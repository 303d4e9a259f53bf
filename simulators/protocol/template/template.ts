/**
 * The `{{recipient.msisdn}}` templates of implementation.yaml. They are filled into values that are
 * already parsed, never into YAML text, so a value cannot change a document's shape.
 */
import { BellwetherError, nearestWord } from '../../kernel/errors.ts';

/** Placeholder name → value: `recipient.msisdn`, `device.appToken`, `push.messageId`. */
export type TemplateValues = Readonly<Record<string, string>>;

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

function unknownPlaceholder(name: string, values: TemplateValues): BellwetherError {
  const known = Object.keys(values);
  const near = nearestWord(name, known);
  return new BellwetherError(`The placeholder {{${name}}} is not known here.`, {
    code: 'TEMPLATE_UNKNOWN_PLACEHOLDER',
    blame: 'author',
    hint:
      near === undefined
        ? `Known here: ${known.map((word) => `{{${word}}}`).join(', ')}.`
        : `Did you mean {{${near}}}?`,
  });
}

/**
 * Fills every placeholder of a text. `encode` is applied to each value (`encodeURIComponent` for
 * paths). Throws TEMPLATE_UNKNOWN_PLACEHOLDER (blame: author) with the nearest known word.
 */
export function renderTemplate(
  template: string,
  values: TemplateValues,
  encode: (value: string) => string = (value) => value,
): string {
  if (!template.includes('{{')) return template;
  return template.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw unknownPlaceholder(name, values);
    return encode(value);
  });
}

/** Fills every string of a parsed document (a JSON body); keys and other values stay. */
export function renderDeep(template: unknown, values: TemplateValues): unknown {
  if (typeof template === 'string') return renderTemplate(template, values);
  if (Array.isArray(template)) return template.map((item) => renderDeep(item, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, renderDeep(value, values)]),
  );
}

/** The placeholders of a template, in order, for checking a file before anything is started. */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}
