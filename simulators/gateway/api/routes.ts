import { addRoute, createRouter } from 'rou3';
import { compileRouter } from 'rou3/compiler';

/** One operation of a vendor's API, as its reference page lists it. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its parameters in braces: `/v1/phones/{E164}/agentMessages`. */
  readonly path: string;
  /** What it does, in a few words. */
  readonly does: string;
  /** Where its facts come from: the vendor's page, or the SDK by which it was read. */
  readonly source: string;
}

export interface Matched<R> {
  readonly route: R;
  /** `POST /v1/phones/{E164}/agentMessages`, as the history names it. */
  readonly what: string;
  /** By the names in braces, as they stood in the path (not percent-decoded). */
  readonly params: Readonly<Record<string, string>>;
}

export interface Routes<R> {
  /** Undefined for what the API does not have. */
  find(method: string, path: string): Matched<R> | undefined;
  /** The methods that a path does have, for the vendor's 405; empty for an unknown path. */
  methodsOf(path: string): readonly string[];
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * The route table of a vendor: what its reference page lists is exactly what its door knows.
 * Braces are parameters; any other colon is the API's own (Google's custom verbs).
 */
export function createRoutes<R extends Operation>(rows: readonly R[]): Routes<R> {
  const router = createRouter<{ readonly route: R; readonly what: string }>();
  const methods = new Set<string>();
  for (const route of rows) {
    const { method, path } = route;
    methods.add(method);
    const pattern = path.replaceAll(':', '\\:').replaceAll(/\{(\w+)\}/g, ':$1');
    addRoute(router, method, pattern, { route, what: `${method} ${path}` });
  }
  const look = compileRouter(router);
  return {
    find: (method, path) => {
      const found = look(method, path);
      if (found === undefined) return undefined;
      const { route, what } = found.data;
      return { route, what, params: found.params ?? NO_PARAMS };
    },
    methodsOf: (path) => [...methods].filter((method) => look(method, path) !== undefined),
  };
}
