import { addRoute, createRouter, findRoute } from 'rou3';
import type { ModuleRequest, ModuleResponse } from 'bellwether/module';
import { problem } from './answers.ts';
import type { Handler, Routes } from './answers.ts';

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
  return async (request) => {
    const url = new URL(request.url);
    const found = findRoute(router, request.method, url.pathname);
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
      return await found.data({ request, url, params });
    } catch (error) {
      log(`${request.method} failed: ${error instanceof Error ? error.message : String(error)}`);
      return problem(500, 'internal', 'internal error');
    }
  };
}
