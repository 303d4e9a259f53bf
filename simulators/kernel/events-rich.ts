/** What happens to the buttons of messages (docs/phones.md). */

/** As `SuggestionDoes` of simulators/protocol/rich-content.ts has the words. */
type Does =
  'reply' | 'open-url' | 'dial' | 'view-location' | 'share-location' | 'calendar-event' | 'compose';

export type RichEventKinds = {
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
