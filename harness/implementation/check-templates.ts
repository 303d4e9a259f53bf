/**
 * What the shape of implementation.yaml cannot say: every `{{placeholder}}` is one that its place
 * knows, every pointer is a pointer, every pattern a regular expression. Checked before anything is
 * started, so that a slip is an error at its place and not a run that goes wrong.
 */
import { BellwetherError, nearestWord } from '../../simulators/kernel/errors.ts';
import { placeholdersOf } from '../../simulators/protocol/template/template.ts';
import { pathText } from '../scenario/diagnose.ts';
import type { Source, SourcePath } from '../scenario/source.ts';

const RECIPIENT = [
  'recipient.id',
  'recipient.name',
  'recipient.msisdn',
  'recipient.locale',
  'recipient.carrier',
  'recipient.consent.archive',
  'recipient.readReceipts',
  'recipient.signInCode',
] as const;
const DEVICE = [
  'device.id',
  'device.platform',
  'device.os',
  'device.pushProvider',
  'device.pushToken',
  'device.publicKey',
  'device.appToken',
] as const;
const MESSAGE = [
  'message.id',
  'message.text',
  'message.kind',
  'message.sensitivity',
  'message.locale',
  'message.attachment.name',
  'message.attachment.type',
  'message.attachment.content',
  'message.attachment.thumbnail',
] as const;

/** What each block's templates may name. */
export const TEMPLATE_NAMES = {
  'send.request': [...RECIPIENT, ...MESSAGE],
  'send.accepted.id': [...RECIPIENT, ...MESSAGE],
  'status.poll': ['id', 'message.id'],
  'registration.person': RECIPIENT,
  'registration.device': [...RECIPIENT, ...DEVICE],
  'app.fetch': [...RECIPIENT, ...DEVICE, 'push.messageId'],
  'app.inbox': [...RECIPIENT, ...DEVICE, 'push.messageId'],
  'app.receipt': [...RECIPIENT, ...DEVICE, 'push.messageId', 'receipt.event'],
  'link.sign-in': RECIPIENT,
  archive: [...RECIPIENT, 'id', 'message.id'],
} as const satisfies Record<string, readonly string[]>;

/** JSON Pointers (RFC 6901); a `{ query: name }` in their place is fine too. */
const POINTERS = [
  'status.poll.state',
  'status.poll.channel',
  'status.poll.encrypted',
  'status.push.id',
  'status.push.state',
  'status.push.channel',
  'status.push.encrypted',
  'app.push.apns',
  'app.push.fcm',
  'app.fetch.text',
  'app.fetch.attachment',
  'app.inbox.items',
];
const PATTERNS = ['start.ready.output', 'start.ready.body', 'send.accepted.body'];

function pathOf(dotted: string): string[] {
  return dotted.split('.');
}

function valueAt(root: unknown, path: SourcePath): unknown {
  let here = root;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

function author(source: Source, path: SourcePath, code: string, message: string, hint: string) {
  return new BellwetherError(`${pathText(path)}: ${message}`, {
    code,
    blame: 'author',
    at: source.positionOf(path),
    hint,
  });
}

/** Every text below a value, with its place. */
function* textsBelow(value: unknown, path: SourcePath): Generator<[SourcePath, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* textsBelow(item, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* textsBelow(item, [...path, key]);
  }
}

function placeholderProblems(source: Source): BellwetherError[] {
  return Object.entries<readonly string[]>(TEMPLATE_NAMES).flatMap(([block, names]) =>
    [...textsBelow(valueAt(source.value, pathOf(block)), pathOf(block))].flatMap(([path, text]) =>
      placeholdersOf(text)
        .filter((name) => !names.includes(name))
        .map((name) => {
          const near = nearestWord(name, names);
          const list = `Known here: ${names.map((word) => `{{${word}}}`).join(', ')}.`;
          // The nearest in spelling need not be the one that was meant.
          const hint = near === undefined ? list : `Did you mean {{${near}}}? ${list}`;
          const message = `{{${name}}} is not known here`;
          return author(source, path, 'TEMPLATE_UNKNOWN_PLACEHOLDER', message, hint);
        }),
    ),
  );
}

function pointerProblems(source: Source): BellwetherError[] {
  const problems = POINTERS.flatMap((dotted) => {
    const path = pathOf(dotted);
    const written = valueAt(source.value, path);
    if (typeof written !== 'string' || written.startsWith('/')) return [];
    const message = `${JSON.stringify(written)} is no JSON Pointer`;
    const hint = `Write /${written.replaceAll('.', '/')} (RFC 6901).`;
    return [author(source, path, 'IMPLEMENTATION_POINTER', message, hint)];
  });
  const idPath = ['send', 'accepted', 'id'];
  const id = valueAt(source.value, idPath);
  if (typeof id === 'string' && !id.startsWith('/') && !id.includes('{{')) {
    const message = `${JSON.stringify(id)} would be the id of every message`;
    const hint = `Write /${id} to read it from the answer's JSON, or "{{message.id}}".`;
    problems.push(author(source, idPath, 'IMPLEMENTATION_POINTER', message, hint));
  }
  return problems;
}

function patternProblems(source: Source): BellwetherError[] {
  return PATTERNS.flatMap((dotted) => {
    const path = pathOf(dotted);
    const written = valueAt(source.value, path);
    if (typeof written !== 'string') return [];
    const code = 'IMPLEMENTATION_PATTERN';
    let groups: number;
    try {
      groups = new RegExp(`${written}|`).exec('')!.length - 1;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const hint = 'Correct the pattern; in YAML, single quotes keep its backslashes.';
      return [author(source, path, code, `no regular expression: ${error.message}`, hint)];
    }
    if (dotted !== 'send.accepted.body' || groups > 0) return [];
    const message = 'the pattern has no group for the id';
    return [author(source, path, code, message, 'Put the id in parentheses: id=(\\w+).')];
  });
}

export function templateProblems(source: Source): BellwetherError[] {
  return [...placeholderProblems(source), ...pointerProblems(source), ...patternProblems(source)];
}
