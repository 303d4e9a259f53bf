import { fileURLToPath } from 'node:url';
import type { GrpcObject, ServiceClientConstructor } from '@grpc/grpc-js';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { BellwetherError } from '../../kernel/errors.ts';

const PROTO_FILE = fileURLToPath(new URL('mls-client.proto', import.meta.url));

/** Far above any group here; what is longer is refused by the wire itself. */
export const MAXIMUM_MESSAGE_BYTES = 64 * 1024 * 1024;

function isService(value: GrpcObject[string] | undefined): value is ServiceClientConstructor {
  return typeof value === 'function' && 'service' in value;
}

/** The service `mls_client.MLSClient`, read from its definition. */
export function mlsClientService(): ServiceClientConstructor {
  const definition = loadSync(PROTO_FILE, { defaults: true, longs: Number, arrays: true });
  const wrapped = loadPackageDefinition(definition)['mls_client'] as GrpcObject | undefined;
  const service = wrapped?.['MLSClient'];
  if (isService(service)) return service;
  throw new BellwetherError('the definition of the MLS service holds no MLSClient', {
    code: 'HARNESS_INVARIANT',
    blame: 'harness',
  });
}
