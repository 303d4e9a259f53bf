/**
 * The `condition` of a message to topics (Firebase, "Send messages to topics"):
 * `'TopicA' in topics && ('TopicB' in topics || !('TopicC' in topics))`.
 */

/** Is a phone that is subscribed to these topics meant? */
export type TopicCondition = (topics: ReadonlySet<string>) => boolean;

/** "… up to five topics in your conditional expression". */
const MOST_TOPICS = 5;
const PIECE = /\s*(?:'([^']*)'\s+in\s+topics|(&&|\|\||!|\(|\)))/y;

/** Topic names (REST reference, `topic`), without `/topics/`. */
export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9-_.~%]+$/.test(name);
}

type Piece = { readonly topic: string } | { readonly sign: string };

function piecesOf(text: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  const source = text.trimEnd();
  let at = 0;
  while (at < source.length) {
    PIECE.lastIndex = at;
    const found = PIECE.exec(source);
    if (found === null) return undefined;
    const [, topic, sign] = found;
    if (topic !== undefined && !isTopicName(topic)) return undefined;
    pieces.push(topic === undefined ? { sign: sign ?? '' } : { topic });
    at = PIECE.lastIndex;
  }
  return pieces;
}

/** Recursive descent over the pieces; `undefined` wherever the text is no condition. */
class Reader {
  readonly #pieces: readonly Piece[];
  #at = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  get done(): boolean {
    return this.#at === this.#pieces.length;
  }

  #take(sign: string): boolean {
    const piece = this.#pieces[this.#at];
    if (piece === undefined || !('sign' in piece) || piece.sign !== sign) return false;
    this.#at++;
    return true;
  }

  either(): TopicCondition | undefined {
    return this.#joined('||', () => this.#joined('&&', () => this.#one()));
  }

  #joined(sign: '||' | '&&', next: () => TopicCondition | undefined): TopicCondition | undefined {
    let left = next();
    while (left !== undefined && this.#take(sign)) {
      const before: TopicCondition = left;
      const right = next();
      if (right === undefined) return undefined;
      left =
        sign === '||'
          ? (topics) => before(topics) || right(topics)
          : (topics) => before(topics) && right(topics);
    }
    return left;
  }

  #one(): TopicCondition | undefined {
    if (this.#take('!')) {
      const inner = this.#one();
      return inner === undefined ? undefined : (topics) => !inner(topics);
    }
    if (this.#take('(')) {
      const inner = this.either();
      return this.#take(')') ? inner : undefined;
    }
    const piece = this.#pieces[this.#at];
    if (piece === undefined || !('topic' in piece)) return undefined;
    this.#at++;
    return (topics) => topics.has(piece.topic);
  }
}

/** Undefined for anything that is no condition, or that names more than five topics. */
export function parseCondition(text: string): TopicCondition | undefined {
  const pieces = piecesOf(text);
  if (pieces === undefined) return undefined;
  if (pieces.filter((piece) => 'topic' in piece).length > MOST_TOPICS) return undefined;
  const reader = new Reader(pieces);
  const condition = reader.either();
  return reader.done ? condition : undefined;
}
