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

/** A template read once, for values that come again and again. */
export type CompiledTemplate = (values: TemplateValues) => string;

const asItIs = (value: string): string => value;

/**
 * Reads a text with its placeholders. `encode` is applied to each value (`encodeURIComponent` for
 * paths). Filling throws TEMPLATE_UNKNOWN_PLACEHOLDER (blame: author) with the nearest known word.
 */
export function compileTemplate(
  template: string,
  encode: (value: string) => string = asItIs,
): CompiledTemplate {
  // A capturing group puts the names between the texts: text, name, text, name, … text.
  const parts = template.split(PLACEHOLDER);
  const [first = ''] = parts;
  if (parts.length === 1) return () => first;
  return (values) => {
    let filled = first;
    for (let index = 1; index < parts.length; index += 2) {
      const name = parts[index]!;
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) throw unknownPlaceholder(name, values);
      filled += encode(value) + parts[index + 1]!;
    }
    return filled;
  };
}

/**
 * Reads a parsed document (a JSON body) and fills every string of it into JSON text; keys and other
 * values stay.
 */
export function compileJson(template: unknown): CompiledTemplate {
  if (typeof template === 'string') {
    const text = compileTemplate(template);
    return (values) => JSON.stringify(text(values));
  }
  if (Array.isArray(template)) {
    const items = template.map(compileJson);
    return (values) => `[${items.map((item) => item(values)).join(',')}]`;
  }
  if (typeof template !== 'object' || template === null) {
    const text = JSON.stringify(template);
    return () => text;
  }
  const fields = Object.entries(template).map(
    ([key, value]) => [`${JSON.stringify(key)}:`, compileJson(value)] as const,
  );
  return (values) => {
    let text = '';
    for (const [key, value] of fields) text += `${text === '' ? '' : ','}${key}${value(values)}`;
    return `{${text}}`;
  };
}

/** Fills every placeholder of a text once, as `compileTemplate` does it. */
export function renderTemplate(
  template: string,
  values: TemplateValues,
  encode?: (value: string) => string,
): string {
  return compileTemplate(template, encode)(values);
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
