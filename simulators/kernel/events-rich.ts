/** What happens to the buttons of messages, and to the files that they name (docs/phones.md). */

/** As `SuggestionDoes` of simulators/protocol/rich-content.ts has the words. */
type Does =
  'reply' | 'open-url' | 'dial' | 'view-location' | 'share-location' | 'calendar-event' | 'compose';

/** The file itself, or its preview. */
type Part = 'file' | 'thumbnail';

export type RichEventKinds = {
  /** A gateway, or the phone, asked for a file that a message names. */
  'medium.fetched': {
    /** `gateway/rbm`, `person/ana/device/1` */
    readonly by: string;
    /** The gateway's own, or that by which the phone has the message. */
    readonly wire: string;
    readonly person?: string;
    readonly message?: string;
    readonly part: Part;
    /**
     * `untyped`: without a Content-Type; `unsupported`: of a type that the vendor does not take;
     * `elsewhere`: outside of this world, where nobody can tell whether it is there; `cached`: had
     * from an earlier time.
     */
    readonly outcome:
      | 'content'
      | 'cached'
      | 'elsewhere'
      | 'missing'
      | 'refused'
      | 'untyped'
      | 'unsupported'
      | 'broken';
    /** `200`, `404`, `ECONNREFUSED` */
    readonly status: string;
  };
  /** The person sees it. */
  'medium.displayed': {
    readonly device: string;
    readonly person: string;
    readonly wire: string;
    readonly message?: string;
    readonly part: Part;
    readonly type: string;
    readonly bytes: number;
  };
  /** A phone shows a message of a business with buttons. */
  'suggestions.shown': {
    readonly device: string;
    readonly person: string;
    readonly wire: string;
    readonly message?: string;
    /** What each of them does, in their order; the history has no labels. */
    readonly does: readonly Does[];
  };
  /** Its person tapped one; what comes of it at the business is `business.received`. */
  'suggestion.tapped': {
    readonly device: string;
    readonly person: string;
    /** Of the message that it stands under. */
    readonly wire: string;
    readonly does: Does;
    /** The planned message that it stands under. */
    readonly of?: string;
    /** The planned message that the tap is. */
    readonly message?: string;
  };
};
