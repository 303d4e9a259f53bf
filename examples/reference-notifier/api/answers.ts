import type { ModuleRequest, ModuleResponse } from 'bellwether/module';
import type { z } from 'zod';

/** A request with what its path said. */
export interface ApiRequest {
  readonly request: ModuleRequest;
  readonly params: Readonly<Record<string, string>>;
}

export type Handler = (asked: ApiRequest) => ModuleResponse | Promise<ModuleResponse>;

/** `POST /v1/messages` → its handler. */
export type Routes = Readonly<Record<string, Handler>>;

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const;

export function json(status: number, body: unknown): ModuleResponse {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

/** An error says what was wrong, never what the content was. */
export function problem(status: number, code: string, message: string): ModuleResponse {
  return json(status, { error: { code, message } });
}

export function noContent(): ModuleResponse {
  return { status: 204, headers: {}, body: null };
}

/** Longest request body that is read, in characters. */
const LONGEST_BODY = 1_000_000;

/** Reads a JSON body against a schema; the second value is the answer where it does not fit. */
export async function readBody<T>(
  request: ModuleRequest,
  schema: z.ZodType<T>,
): Promise<{ readonly value: T; readonly raw: string } | { readonly refusal: ModuleResponse }> {
  const raw = await request.text();
  if (raw.length > LONGEST_BODY) return { refusal: problem(413, 'too_large', 'body too large') };
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { refusal: problem(400, 'invalid_json', 'the body is not JSON') };
  }
  const checked = schema.safeParse(parsed);
  if (checked.success) return { value: checked.data, raw };
  const where = checked.error.issues.map(({ path }) => path.join('.') || 'body').join(', ');
  return { refusal: problem(400, 'invalid_body', `missing or wrong: ${where}`) };
}

export function bearerToken(request: ModuleRequest): string | undefined {
  return /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}
