/**
 * The name server of a network of containers (RFC 1035 over UDP): the vendors' names lead to one
 * address of this machine, every other name does not exist, and that it was asked for is told.
 */
import type { RemoteInfo } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { BellwetherError } from '../kernel/errors.ts';

export interface NameServerOptions {
  /** Where it listens, on port 53, and what known names lead to. */
  readonly address: string;
  /** Lower case, without trailing dot. */
  readonly knows: (name: string) => boolean;
  /** A name was asked for that leads nowhere: `lookup tracker.example`. */
  readonly refused: (what: string) => void;
}

const PORT = 53;
const HEADER_BYTES = 12;
const TYPE_A = 1;
const CLASS_IN = 1;
const TTL_SECONDS = 60;
/** RFC 1035 §4.1.1: a response, authoritative, recursion available. */
const ANSWER_FLAGS = 0x84_80;
const NAME_ERROR = 3;

interface Question {
  readonly name: string;
  readonly type: number;
  /** Where the question ends. */
  readonly end: number;
}

/** The one question of a query; undefined for anything else. */
function questionOf(query: Buffer): Question | undefined {
  if (query.length < HEADER_BYTES || query.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at]; length !== undefined && length > 0; length = query[at]) {
    // No label is longer; more would be a pointer, which no question needs.
    if (length > 63) return undefined;
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > query.length) return undefined;
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Pure: the answer to one query, and the name that it asked for in vain. */
export function answerName(
  query: Buffer,
  address: string,
  knows: (name: string) => boolean,
): { readonly answer: Buffer; readonly unknown?: string } | undefined {
  const question = questionOf(query);
  if (question === undefined) return undefined;
  const known = knows(question.name);
  const answered = known && question.type === TYPE_A;
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(ANSWER_FLAGS | (known ? 0 : NAME_ERROR), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answered ? 1 : 0, 6);
  const parts = [header, query.subarray(HEADER_BYTES, question.end)];
  if (answered) {
    const record = Buffer.alloc(16);
    // A pointer to the name in the question (RFC 1035 §4.1.4).
    record.writeUInt16BE(0xc0_00 | HEADER_BYTES, 0);
    record.writeUInt16BE(TYPE_A, 2);
    record.writeUInt16BE(CLASS_IN, 4);
    record.writeUInt32BE(TTL_SECONDS, 6);
    record.writeUInt16BE(4, 10);
    for (const [index, byte] of address.split('.').entries()) record[12 + index] = Number(byte);
    parts.push(record);
  }
  const answer = Buffer.concat(parts);
  // The same name is looked up for IPv6 as well; it is told once.
  return known || question.type !== TYPE_A ? { answer } : { answer, unknown: question.name };
}

/** Throws WORLD_LISTEN_FAILED (environment). */
export async function listenForNames(
  options: NameServerOptions,
): Promise<{ close(): Promise<void> }> {
  const { address, knows, refused } = options;
  const socket = createSocket('udp4');
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    const result = answerName(query, address, knows);
    if (result === undefined) return;
    if (result.unknown !== undefined) refused(`lookup ${result.unknown}`);
    socket.send(result.answer, from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause) => {
      reject(
        new BellwetherError(`the name server cannot listen on ${address}:53: ${cause.message}`, {
          code: 'WORLD_LISTEN_FAILED',
          blame: 'environment',
          hint: 'Ports below 1024 need root; reach: proxy needs none of them.',
          cause,
        }),
      );
    });
    socket.bind(PORT, address, resolve);
  });
  return {
    close: () =>
      new Promise((closed) => {
        socket.close(() => closed());
      }),
  };
}
