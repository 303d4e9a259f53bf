import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Breaks a connection as an outage does, by RST. Node can send none beneath TLS (it throws
 * ERR_INVALID_HANDLE_TYPE): there the connection ends without close_notify, which clients also see
 * as broken (ECONNRESET, "socket hang up").
 */
export function breakConnection(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
