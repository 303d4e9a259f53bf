import type { AppEdge, LinkEdge } from '../device/edges.ts';

/** Where a gateway calls the implementation back (`callbacks:` in implementation.yaml). */
export interface CallbackEdge {
  readonly path: string;
  /** For what people write, where the vendor has an address of its own for it; default: `path`. */
  readonly inbound?: string;
  /** Absent: the one that the world made up (`${gateway.rbm.clientToken}`). */
  readonly clientToken?: string;
  /** What stands before its paths as the vendor is told, by which signatures are made. */
  readonly public?: string;
}

/** All that the world calls of an implementation. */
export interface ImplementationEdges {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Gateway name → its webhook. */
  readonly callbacks: Readonly<Record<string, CallbackEdge>>;
  readonly app?: AppEdge;
  readonly link?: LinkEdge;
}
