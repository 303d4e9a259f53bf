/** Serves an MLS stack of ours by the working group's gRPC service, so that others can test it. */
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { handleUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { BellwetherError } from '../../kernel/errors.ts';
import { StackError } from '../../protocol/mls/stack/types.ts';
import type { MlsStack, StackMethod, StackRequest } from '../../protocol/mls/stack/types.ts';
import { MAXIMUM_MESSAGE_BYTES, mlsClientService } from './service.ts';

export interface ServedStack {
  readonly port: number;
  close(): Promise<void>;
}

const CODES = {
  unimplemented: status.UNIMPLEMENTED,
  refused: status.INVALID_ARGUMENT,
  gone: status.UNAVAILABLE,
} as const satisfies Record<StackError['kind'], status>;

function answerOf(error: unknown): { code: status; details: string } {
  if (error instanceof StackError) return { code: CODES[error.kind], details: error.message };
  return { code: status.INTERNAL, details: error instanceof Error ? error.message : String(error) };
}

/** `port` 0 = any free one. Throws WORLD_PORT_IN_USE. */
export async function serveStack(stack: MlsStack, host: string, port = 0): Promise<ServedStack> {
  const { service } = mlsClientService();
  const server = new Server({
    'grpc.max_receive_message_length': MAXIMUM_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAXIMUM_MESSAGE_BYTES,
    'grpc.so_reuseport': 0,
  });
  const handlers: UntypedServiceImplementation = {};
  for (const method of Object.keys(service)) {
    const handle: handleUnaryCall<StackRequest<StackMethod>, unknown> = (call, answer) => {
      stack.call(method as StackMethod, call.request).then(
        (response) => answer(null, response),
        (error: unknown) => answer(answerOf(error)),
      );
    };
    // Its type asks for `any`, which only the library's own generated code has.
    handlers[method] = handle as UntypedServiceImplementation[string];
  }
  server.addService(service, handlers);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, actual) => {
      if (error === null) resolve(actual);
      else {
        reject(
          new BellwetherError(`port ${port} of ${host} is in use`, {
            code: 'WORLD_PORT_IN_USE',
            blame: 'environment',
            hint: 'Choose another port, or 0 for any free one.',
            cause: error,
          }),
        );
      }
    });
  });
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.tryShutdown(() => resolve());
        // A runner that never closes its channel must not keep us.
        server.forceShutdown();
      }),
  };
}
