import type { Medium } from '../../protocol/rich-content.ts';
import type { TwilioMessage } from '../../protocol/twilio/message.ts';
import type { FetchedMedium, MediaFacts, MediaRelay } from '../api/media-relay.ts';

/** What a message brings beside its text, fetched from where the program serves it. */
export interface MediaFetching {
  /** `fetched` has what is there, once all were asked for; undefined when one could not be had. */
  fetch(
    message: TwilioMessage,
    facts: MediaFacts,
    told: (fetched: readonly Medium[] | undefined) => void,
  ): void;
}

const BY_NAME: Readonly<Record<string, string>> = {
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  vcf: 'text/vcard',
};

/** A guess, until it is fetched. */
export function typeByName(url: string): string {
  const name = URL.parse(url)?.pathname ?? '';
  return BY_NAME[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}

/** What lies elsewhere is taken for fetched, and has no content here. */
function mediumOf({ url, content }: FetchedMedium): Medium[] {
  return content === undefined ? [] : [{ url, content }];
}

export function createMediaFetching(relay: MediaRelay): MediaFetching {
  return {
    fetch: ({ media }, facts, told) => {
      relay.fetch(
        media.map(({ url }) => ({ url })),
        facts,
        (all) => {
          for (const [index, { content }] of all.entries()) {
            const medium = media[index];
            if (medium !== undefined && content !== undefined) medium.contentType = content.type;
          }
          const had = all.every(({ outcome }) => outcome === 'content' || outcome === 'elsewhere');
          told(had ? all.flatMap(mediumOf) : undefined);
        },
      );
    },
  };
}
