import { addRoute, createRouter } from 'rou3';
import { compileRouter } from 'rou3/compiler';
import type { DoorOperation } from '../../kernel/events.ts';
import { revokeMessage, sendEvent, sendMessage } from './agent-messages.ts';
import type { Call } from './answer.ts';
import { claimKeyPackages, devices } from './devices.ts';
import type { GatewayContext, Routing } from './gateway-context.ts';
import { batchGet, capabilities, inviteTester } from './reach.ts';

export interface Route {
  /** As the history names it. */
  readonly what: string;
  /** Named in the history when the request is refused before it is read. */
  readonly operation: DoorOperation;
  /** Where the agent's id stands. */
  readonly agentIn: 'query' | 'body';
  readonly read: (context: GatewayContext, routing: Routing) => Call;
}

type Row = readonly [
  method: string,
  path: string,
  operation: DoorOperation,
  agentIn: Route['agentIn'],
  read: Route['read'],
];

const PHONE = '/v1/phones/:number';

/** The REST resources of RCS for Business v1, and the extension's two. */
const ROWS: readonly Row[] = [
  ['GET', `${PHONE}/capabilities`, 'capability', 'query', capabilities],
  ['POST', '/v1/users:batchGet', 'capability', 'body', batchGet],
  ['POST', `${PHONE}/agentMessages`, 'send', 'query', sendMessage],
  ['DELETE', `${PHONE}/agentMessages/:messageId`, 'revoke', 'query', revokeMessage],
  ['POST', `${PHONE}/agentEvents`, 'event', 'query', sendEvent],
  ['POST', `${PHONE}/testers`, 'event', 'query', inviteTester],
  ['GET', `${PHONE}/devices`, 'devices', 'query', devices],
  ['POST', `${PHONE}/keyPackages:claim`, 'key-packages', 'query', claimKeyPackages],
];

export interface Matched {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the operation of a method and path; undefined for what the API does not have. */
export function createRoutes(): (method: string, path: string) => Matched | undefined {
  const router = createRouter<Route>();
  for (const [method, path, operation, agentIn, read] of ROWS) {
    const named = path.replace(':number', '{E164}').replace(':messageId', '{messageId}');
    const what = `${method} ${named}`;
    // A colon that begins no segment is the API's custom verb, not a parameter.
    const pattern = path.replace(/(?<=[^/]):/g, '\\:');
    addRoute(router, method, pattern, { what, operation, agentIn, read });
  }
  const find = compileRouter(router);
  return (method, path) => {
    const found = find(method, path);
    return found === undefined
      ? undefined
      : { route: found.data, params: found.params ?? NO_PARAMS };
  };
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});
