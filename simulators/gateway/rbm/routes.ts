import type { DoorOperation } from '../../kernel/events.ts';
import type { Call } from '../api/answer.ts';
import type { Operation } from '../api/routes.ts';
import { revokeMessage, sendEvent, sendMessage } from './agent-messages.ts';
import { claimKeyPackages, devices } from './devices.ts';
import type { GatewayContext, Routing } from './gateway-context.ts';
import { createFile, uploadFile } from './files.ts';
import { batchGet, capabilities, requestCapabilityCallback } from './reach.ts';
import { inviteTester } from './testers.ts';
import { readUserFile } from './user-files.ts';

export interface RbmRoute extends Operation {
  /** Named in the history when the request is refused before it is read. */
  readonly operation: DoorOperation;
  /** Where the agent's id stands; `any`: in the query, if at all. */
  readonly agentIn: 'query' | 'body' | 'any';
  /** Needs no token. */
  readonly open?: true;
  readonly read: (context: GatewayContext, routing: Routing) => Call;
}

const PHONE = '/v1/phones/{E164}';
const REFERENCE = 'RCS for Business REST reference v1';
const EXTENSION = 'Bellwether’s end-to-end encryption extension';

/** The REST resources of RCS for Business v1, and the extension's two. */
export const RBM_ROUTES: readonly RbmRoute[] = [
  {
    method: 'GET',
    path: `${PHONE}/capabilities`,
    does: 'tells whether a number has RCS, and with which features',
    source: REFERENCE,
    operation: 'capability',
    agentIn: 'query',
    read: capabilities,
  },
  {
    method: 'POST',
    path: `${PHONE}/capability:requestCapabilityCallback`,
    does: 'tells the same by a callback (deprecated by the vendor)',
    source: REFERENCE,
    operation: 'capability',
    agentIn: 'query',
    read: requestCapabilityCallback,
  },
  {
    method: 'POST',
    path: '/v1/users:batchGet',
    does: 'tells which of many numbers have RCS',
    source: REFERENCE,
    operation: 'capability',
    agentIn: 'body',
    read: batchGet,
  },
  {
    method: 'POST',
    path: `${PHONE}/agentMessages`,
    does: 'sends a message',
    source: REFERENCE,
    operation: 'send',
    agentIn: 'query',
    read: sendMessage,
  },
  {
    method: 'DELETE',
    path: `${PHONE}/agentMessages/{messageId}`,
    does: 'revokes a message that was not delivered',
    source: REFERENCE,
    operation: 'revoke',
    agentIn: 'query',
    read: revokeMessage,
  },
  {
    method: 'POST',
    path: `${PHONE}/agentEvents`,
    does: 'tells that the agent types, or has read',
    source: REFERENCE,
    operation: 'event',
    agentIn: 'query',
    read: sendEvent,
  },
  {
    method: 'POST',
    path: `${PHONE}/testers`,
    does: 'invites a tester',
    source: REFERENCE,
    operation: 'event',
    agentIn: 'query',
    read: inviteTester,
  },
  {
    method: 'POST',
    path: '/v1/files',
    does: 'names a file by its URL, for later messages',
    source: REFERENCE,
    operation: 'event',
    agentIn: 'any',
    read: createFile,
  },
  {
    method: 'POST',
    path: '/upload/v1/files',
    does: 'uploads a file, for later messages',
    source: REFERENCE,
    operation: 'event',
    agentIn: 'any',
    read: uploadFile,
  },
  {
    method: 'GET',
    path: '/user-files/{fileId}',
    does: 'serves a file that a person sent (userFile.payload.fileUri)',
    source: 'Bellwether: the vendor gives addresses of its own store',
    operation: 'query',
    agentIn: 'any',
    open: true,
    read: readUserFile,
  },
  {
    method: 'GET',
    path: `${PHONE}/devices`,
    does: 'lists the devices of a number',
    source: EXTENSION,
    operation: 'devices',
    agentIn: 'query',
    read: devices,
  },
  {
    method: 'POST',
    path: `${PHONE}/keyPackages:claim`,
    does: 'claims a key package of each device',
    source: EXTENSION,
    operation: 'key-packages',
    agentIn: 'query',
    read: claimKeyPackages,
  },
];
