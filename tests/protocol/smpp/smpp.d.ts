/** The parts of npm `smpp` 0.5 that tests and benchmarks use; it brings no types of its own. */
declare module 'smpp' {
  import type { Server, Socket } from 'node:net';

  type Fields = Readonly<Record<string, unknown>>;
  export interface PeerPdu {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly message_id?: string;
    readonly short_message?: { readonly message: string | Buffer };
    readonly receipted_message_id?: string;
    readonly [field: string]: unknown;
    response(fields?: Fields): PeerPdu;
  }
  type Ask = (fields: Fields, done: (pdu: PeerPdu) => void) => void;
  export interface PeerSession {
    readonly socket: Socket;
    readonly bind_transmitter: Ask;
    readonly bind_receiver: Ask;
    readonly bind_transceiver: Ask;
    readonly submit_sm: Ask;
    readonly enquire_link: Ask;
    readonly unbind: Ask;
    readonly deliver_sm: Ask;
    on(event: string, listener: (pdu: PeerPdu) => void): void;
    send(pdu: PeerPdu): void;
    close(): void;
  }
  interface Peer {
    connect(options: Fields): PeerSession;
    createServer(listener: (session: PeerSession) => void): Server;
  }
  const peer: Peer;
  export default peer;
}
