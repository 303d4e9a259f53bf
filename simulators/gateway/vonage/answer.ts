import type { DoorOutcome, Meaning } from '../../kernel/events.ts';
import type { FieldProblem } from '../../protocol/json/fields.ts';
import { GENERIC_PROBLEMS, genericProblem, messageProblem } from '../../protocol/vonage/errors.ts';
import type { GenericProblem, MessageErrorCode, Problem } from '../../protocol/vonage/errors.ts';
import type { Answer } from '../api/answer.ts';

const PROBLEM_HEADERS = Object.freeze({ 'content-type': 'application/problem+json' });

export function taken(status: 200 | 202, json: object, meaning?: readonly Meaning[]): Answer {
  const body = JSON.stringify(json);
  const word = status === 202 ? '202 Accepted' : '200 OK';
  const answer = { status, body, outcome: 'accepted', word } as const;
  return meaning === undefined ? answer : { ...answer, meaning };
}

function outcomeOf(status: number): DoorOutcome {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'failed' : 'rejected';
}

function problemAnswer(status: number, problem: Problem, word: string): Answer {
  return {
    status,
    body: JSON.stringify(problem),
    outcome: outcomeOf(status),
    word: `${status} ${word}`,
    headers: PROBLEM_HEADERS,
  };
}

/** `instance`: the id of this occurrence. */
export function generic(name: GenericProblem, instance: string, detail?: string): Answer {
  const [status] = GENERIC_PROBLEMS[name];
  return problemAnswer(status, genericProblem(name, instance, detail), name);
}

export function numbered(status: number, code: MessageErrorCode, instance: string): Answer {
  return problemAnswer(status, messageProblem(code, instance), `${code}`);
}

/** 422 with every problem of the request; the number tells whether something is missing. */
export function invalid(problems: readonly FieldProblem[], instance: string): Answer {
  const missing = problems.length > 0 && problems.every(({ kind }) => kind === 'missing');
  const code = missing ? 1010 : 1020;
  const parameters = problems.map(({ field, reason }) => ({ name: field || 'body', reason }));
  return problemAnswer(422, messageProblem(code, instance, parameters), `${code}`);
}

/** The error that a fault asked for by its HTTP status. */
export function broken(status: number, instance: string): Answer {
  for (const [name, [known]] of Object.entries(GENERIC_PROBLEMS)) {
    if (known === status) return generic(name as GenericProblem, instance);
  }
  return numbered(status, status >= 500 ? 1030 : 1020, instance);
}
