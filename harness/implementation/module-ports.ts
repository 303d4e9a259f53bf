/**
 * What an implementation that runs in the harness's process (`start: { module: … }`) is given, and
 * what it must offer. Public entry `bellwether/module`. Everything that could break determinism
 * comes through these ports; the interfaces are subsets of the platform's own, so that the same
 * code runs outside with `globalThis.fetch`, timers and sockets behind them.
 */
import type { Duplex } from 'node:stream';
import type { FetchedResponse, FetchOptions } from '../../simulators/network/memory-fetch.ts';

export type { FetchedResponse, FetchOptions };

export interface ModuleTimer {
  cancel(): void;
}

export interface ModuleClock {
  /** Milliseconds since the Unix epoch. */
  epochMillis(): number;
  /** `daemon`: a poll or keep-alive that need not end before the scenario does. */
  after(delayMs: number, task: () => void, options?: { daemon?: boolean }): ModuleTimer;
}

/** The subset of the Fetch standard's Request that a module receives. */
export interface ModuleRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The subset of Response that is read; a standard Response fits, and so does a plain record. */
export interface ModuleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>> | Headers;
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null;
}

/** A synchronous key-value store that survives a kill. Values are JSON. */
export interface ModuleStore {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  delete(key: string): void;
  /** Keys with this prefix, in order of insertion. */
  keys(prefix: string): readonly string[];
}

export interface ModulePorts {
  readonly clock: ModuleClock;
  /** Like fetch: rejects when no answer can come (refused, reset); never follows redirects. */
  fetch(url: string, options?: FetchOptions): Promise<FetchedResponse>;
  /** A byte stream, for SMPP. Rejects when refused. */
  connect(host: string, port: number): Promise<Duplex>;
  /** Random bytes; seeded in a harness, the platform's outside. */
  random(length: number): Uint8Array;
  uuid(): string;
  readonly store: ModuleStore;
  /** The environment block of implementation.yaml with its placeholders filled. */
  readonly env: Readonly<Record<string, string>>;
  /** The policy as JSON (the content of `${policy.file}`). */
  readonly policy: unknown;
  log(line: string): void;
}

export interface ModuleInstance {
  fetch(request: ModuleRequest): ModuleResponse | Promise<ModuleResponse>;
  stop(): void | Promise<void>;
}

/** An implementation module exports this as `create`. */
export type CreateModule = (ports: ModulePorts) => ModuleInstance | Promise<ModuleInstance>;
