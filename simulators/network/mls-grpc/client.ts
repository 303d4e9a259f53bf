/** An MLS stack behind the working group's gRPC service, as the runner asks it. */
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { StackError } from '../../protocol/mls/stack/types.ts';
import type { MlsStack, StackMethod, StackResponse } from '../../protocol/mls/stack/types.ts';
import { MAXIMUM_MESSAGE_BYTES, mlsClientService } from './service.ts';

export interface RemoteStackOptions {
  /** `127.0.0.1:50051`; plain text, as all such servers speak it. */
  readonly address: string;
  /** How long one call may take; a peer that hangs is gone. Default 20 s. */
  readonly timeoutMillis?: number;
  readonly epochMillis: () => number;
}

export interface RemoteStack extends MlsStack {
  /** Waits until it answers; throws `StackError` of kind `gone`. */
  ready(withinMillis: number): Promise<void>;
  close(): void;
}

const DEFAULT_TIMEOUT_MILLIS = 20_000;

/** What says that the peer is not there, rather than that it says no (gRPC status codes). */
const GONE: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.DATA_LOSS,
  status.RESOURCE_EXHAUSTED,
]);

function stackErrorOf(method: string, error: ServiceError): StackError {
  const { code, details } = error;
  const word = status[code] ?? `status ${code}`;
  const text = `${method}: ${details === '' ? word : `${word}: ${details}`}`;
  if (code === status.UNIMPLEMENTED) return new StackError('unimplemented', text, error);
  // INTERNAL with a stream's words comes from the transport: an answer that cannot be read.
  const unreadable =
    code === status.INTERNAL && /RST_STREAM|deserializ|parsing|premature/i.test(details);
  return new StackError(GONE.has(code) || unreadable ? 'gone' : 'refused', text, error);
}

/** Connects lazily; nothing is asked before the first call. */
export function connectStack(options: RemoteStackOptions): RemoteStack {
  const { address, epochMillis } = options;
  const timeout = options.timeoutMillis ?? DEFAULT_TIMEOUT_MILLIS;
  const { service } = mlsClientService();
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': MAXIMUM_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAXIMUM_MESSAGE_BYTES,
    // The machine's proxy is for the world outside.
    'grpc.enable_http_proxy': 0,
  });
  return {
    call: <M extends StackMethod>(method: M, request: object) =>
      new Promise<StackResponse<M>>((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = service[method]!;
        client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize as (octets: Buffer) => StackResponse<M>,
          request,
          new Metadata(),
          { deadline: epochMillis() + timeout },
          (error, response) => {
            if (error !== null) reject(stackErrorOf(method, error));
            else if (response === undefined) {
              reject(new StackError('gone', `${method}: neither answer nor error`));
            } else resolve(response);
          },
        );
      }),
    ready: (withinMillis) =>
      new Promise((resolve, reject) => {
        client.waitForReady(epochMillis() + withinMillis, (error) => {
          if (error === undefined || error === null) resolve();
          else reject(new StackError('gone', `nothing serves MLSClient at ${address}`, error));
        });
      }),
    close: () => client.close(),
  };
}
