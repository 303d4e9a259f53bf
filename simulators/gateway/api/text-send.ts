import type { Channel } from '../../kernel/words.ts';
import type { WireRequest } from '../../network/wire.ts';
import { holdsLink } from '../../protocol/rich-content.ts';
import { echoedId } from '../../protocol/link/echoed-id.ts';
import type { Answer, Call } from './answer.ts';
import type { ChainStep } from './fallback-chain.ts';

/** A request to send, once it is routed. */
interface SendRouting {
  readonly request: WireRequest;
  /** `POST /v1/messages` */
  readonly what: string;
}

/**
 * A request to send open texts that is as its API asks. What the door records of it is that of the
 * first text. An object with methods: a closure for each of them would cost more than reading it.
 */
export abstract class TextSend implements Call {
  readonly operation = 'send';
  readonly what: string;
  readonly seen: Uint8Array;
  readonly wire: string;
  readonly channel?: Channel;
  readonly bearer?: 'rcs' | 'sms' | 'mms';
  readonly person?: string;
  readonly disclosure?: boolean;
  readonly echoed?: string;

  /** `policyDisclosure`: the sentence that is looked for in the text; empty when there is none. */
  constructor(
    { request, what }: SendRouting,
    {
      wire,
      channel: bearer,
      person,
      text,
      rich,
    }: Pick<ChainStep, 'wire' | 'channel' | 'person' | 'text' | 'rich'>,
    policyDisclosure: string,
  ) {
    this.what = what;
    this.seen = request.body;
    this.wire = wire;
    if (person !== undefined) this.person = person;
    if (policyDisclosure !== '') this.disclosure = text.includes(policyDisclosure);
    if (bearer === undefined) return;
    this.bearer = bearer;
    this.channel = bearer;
    if (!holdsLink(text, rich)) return;
    this.channel = 'secure-link';
    const echoed = echoedId(text);
    if (echoed !== undefined) this.echoed = echoed;
  }

  abstract serve(message: string | undefined, request: number): Answer;

  abstract pretend(): Answer;
}
