import type { Socket } from 'node:net';
import type { RenderedAnswer } from './http1-answer.ts';

/**
 * Answers of one turn of the event loop, written one after the other at its end. Each write wakes
 * a client that sleeps; one that is awake already costs a third less to write to, and under load a
 * turn has many answers.
 */
export interface AnswerQueue {
  push(socket: Socket, answer: RenderedAnswer): void;
  /** Writes what waits: before a connection is closed, broken or given away. */
  flush(): void;
}

/** `later` runs a task when the sockets that can be read now have been read. */
export function createAnswerQueue(later: (task: () => void) => void): AnswerQueue {
  let sockets: Socket[] = [];
  let answers: RenderedAnswer[] = [];

  const flush = (): void => {
    const [to, all] = [sockets, answers];
    sockets = [];
    answers = [];
    for (let index = 0; index < to.length; index++) {
      const [socket, { text, encoding, bytes }] = [to[index]!, all[index]!];
      if (socket.destroyed) continue;
      if (bytes === undefined) {
        socket.write(text, encoding);
      } else {
        socket.cork();
        socket.write(text, encoding);
        socket.write(bytes);
        socket.uncork();
      }
    }
  };
  return {
    push: (socket, answer) => {
      answers.push(answer);
      if (sockets.push(socket) === 1) later(flush);
    },
    flush,
  };
}
