import { addRoute, createRouter } from 'rou3';
import { compileRouter } from 'rou3/compiler';
import type { ModuleRequest, ModuleResponse } from 'bellwether/module';
import { problem } from './answers.ts';
import type { Handler, Routes } from './answers.ts';

/** A path that the URL standard leaves as it is. */
const PLAIN_PATH = /^https?:\/\/[^/?#\\]+(\/[\w\-/:]*)(?:\?|$)/;

function pathOf(url: string): string {
  return PLAIN_PATH.exec(url)?.[1] ?? new URL(url).pathname;
}

/** Finds the handler of a request; an operation that does not exist is a 404. */
export function createApi(
  tables: readonly Routes[],
  log: (line: string) => void,
): (request: ModuleRequest) => Promise<ModuleResponse> {
  const router = createRouter<Handler>();
  for (const table of tables) {
    for (const [route, handler] of Object.entries(table)) {
      const [method = '', path = ''] = route.split(' ');
      addRoute(router, method, path, handler);
    }
  }
  const find = compileRouter(router);
  return async (request) => {
    const found = find(request.method, pathOf(request.url));
    if (found === undefined) return problem(404, 'not_found', 'no such operation');
    const params: Record<string, string> = {};
    for (const [name, value] of Object.entries(found.params ?? {})) {
      try {
        params[name] = decodeURIComponent(value);
      } catch (error) {
        if (!(error instanceof URIError)) throw error;
        return problem(400, 'invalid_path', 'the path is not percent-encoded UTF-8');
      }
    }
    try {
      return await found.data({ request, params });
    } catch (error) {
      log(`${request.method} failed: ${error instanceof Error ? error.message : String(error)}`);
      return problem(500, 'internal', 'internal error');
    }
  };
}
