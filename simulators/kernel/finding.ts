import type { Channel, Level, Observer, Verdict } from './words.ts';

/**
 * What a judge found. It is data: rule, level, who, the events that prove it, what was expected and
 * seen, and a sentence that a release manager understands.
 */
export interface Finding {
  /** `fallback/late` */
  readonly rule: string;
  readonly level: Level;
  readonly kind: 'safety' | 'liveness';
  readonly message?: string;
  readonly device?: string;
  /** seq numbers, in order. */
  readonly evidence: readonly number[];
  readonly expected: string;
  readonly seen: string;
  readonly sentence: string;
}

/** What one rule had to do in a cell. */
export interface RuleOutcome {
  readonly rule: string;
  readonly level: Level;
  /** How many things it judged; 0 = not exercised. */
  readonly judged: number;
  /** How many it had to leave alone, and why: printed, with a ceiling for needless and missed. */
  readonly unjudged: number;
  readonly reason?: string;
  readonly findings: readonly Finding[];
  /**
   * Set when the rule itself could not be trusted here: tap calibration missed, harness too slow.
   */
  readonly inconclusive?: string;
  readonly ignored?: string;
  /** Rules that spoke here too and explain these findings; a headline names them first. */
  readonly follows?: readonly string[];
}

/** One expectation of the scenario with its result. */
export interface ExpectationOutcome {
  readonly text: string;
  readonly outcome: 'held' | 'failed' | 'not-exercised' | 'inconclusive';
  readonly seen: string;
  /** Rules whose findings broke it; absent: it held, or broke by itself. */
  readonly by?: readonly string[];
}

export interface FaultOutcome {
  readonly name: string;
  readonly entry: string;
  readonly target: string;
  readonly hits: number;
  readonly floor: string;
  readonly reached: boolean;
  /** It strikes only what the implementation does not claim to use: no floor is asked for. */
  readonly outside?: true;
}

export interface LatencySummary {
  /** `alerts`, or `alerts on rcs-e2ee` */
  readonly of: string;
  readonly channel: Channel | 'all';
  readonly samples: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Mean milliseconds of each part; the parts sum to the mean of the whole. */
  readonly parts: Readonly<Record<string, number>>;
  /** HdrHistogram, V2 compressed base64: mergeable. */
  readonly hdr?: string;
}

/** What became of the messages of one group: one value of one dimension. */
export interface BreakdownRow {
  readonly by: 'channel' | 'platform' | 'os' | 'carrier' | 'region' | 'e2ee' | 'class';
  /** `rcs-e2ee`, `not displayed`; `android`; `ios 26.5`; `northtel`; `DE`; `on`; `high` */
  readonly value: string;
  readonly messages: number;
  readonly displayed: number;
  readonly onTime: number;
  /** Milliseconds from the intended submission to the display; null where nothing arrived. */
  readonly latency: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
    /** HdrHistogram of µs, V2 compressed base64: mergeable. */
    readonly hdr: string;
  } | null;
}

/**
 * The two ways of end-to-end encryption for a business: its own MLS client, which only the person's
 * devices can read, or a session that a gateway manages, which the gateway can read too.
 */
export type Protection = 'own-mls-client' | 'gateway-session';

/** The story of one message in a line. */
export interface MessageOutcome {
  readonly message: string;
  readonly traffic: string;
  readonly person: string;
  readonly sensitivity: string;
  readonly displayedOn: Channel | null;
  readonly latencyMicros: number | null;
  readonly tried: readonly Channel[];
  readonly status: string | null;
  readonly rules: readonly string[];
  /** Of what a business sent encrypted by RCS: which way; absent: it did not go so. */
  readonly protection?: Protection;
  /** Observers whose taps found its content anywhere on its way; absent: none did. */
  readonly readableFor?: readonly Observer[];
}

export interface CellCounts {
  readonly messages: number;
  /** By the implementation; what people write counts as soon as it is sent. 0 in world checks. */
  readonly accepted: number;
  /** Refused by the implementation and never accepted; absent: none. */
  readonly refused?: number;
  readonly displayed: number;
  readonly onTime: number;
  /** Dispatches per channel, and displays per channel. */
  readonly dispatched: Readonly<Partial<Record<Channel, number>>>;
  readonly displayedOn: Readonly<Partial<Record<Channel, number>>>;
  /** Of the displayed ones, those that were shown with a padlock; absent: none. */
  readonly padlocked?: number;
  /** Messages by who held their keys, and how many of these each observer could read. */
  readonly protection?: Readonly<
    Partial<
      Record<
        Protection,
        {
          readonly messages: number;
          readonly readableFor: Readonly<Partial<Record<Observer, number>>>;
        }
      >
    >
  >;
  /** Taps: scans made, canaries seen where allowed, and where not. */
  readonly scans: number;
  readonly canariesSeen: number;
  readonly unattributed: number;
  /** Texts that reached people and are no message of the plan; absent: none. */
  readonly unrecognised?: number;
  readonly events: number;
  /** Best allowed channel at the time against channel used: `rcs-e2ee → sms` → count. */
  readonly confusion: Readonly<Record<string, number>>;
  readonly fallbackJudged: number;
  readonly fallbackCorrect: number;
}

/** Of a cell in which nothing was sent. */
export const NO_COUNTS: CellCounts = {
  messages: 0,
  accepted: 0,
  displayed: 0,
  onTime: 0,
  dispatched: {},
  displayedOn: {},
  scans: 0,
  canariesSeen: 0,
  unattributed: 0,
  events: 0,
  confusion: {},
  fallbackJudged: 0,
  fallbackCorrect: 0,
};

/** What a cell comes to, and why in one sentence. */
export interface VerdictWord {
  readonly verdict: Verdict;
  readonly why: string;
}

/** One entry of the register of known failures, as far as it is told with a cell. */
export interface KnownHere {
  /** A rule, or `expect/delivery` for an expectation that failed by itself. */
  readonly rule: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it holds: `2027-03-31`. */
  readonly expiry: string;
}

export interface CellVerdict {
  readonly cell: string;
  readonly scenario: string;
  readonly verdict: Verdict;
  /** One sentence: why this verdict. */
  readonly why: string;
  /** Of a fail: what is left without its failures; absent: a pass. */
  readonly besides?: VerdictWord;
  /**
   * Set where the register of known failures names any of this cell's. The verdict is then the one
   * that counts, and `judged` what the judges said.
   */
  readonly known?: { readonly judged: VerdictWord; readonly failures: readonly KnownHere[] };
  readonly level: Level;
  readonly worldCheck: boolean;
  readonly rules: readonly RuleOutcome[];
  readonly expectations: readonly ExpectationOutcome[];
  readonly faults: readonly FaultOutcome[];
  readonly latency: readonly LatencySummary[];
  readonly breakdown: readonly BreakdownRow[];
  readonly counts: CellCounts;
  /** At most 1,000; failing ones first. */
  readonly messages: readonly MessageOutcome[];
  readonly notes: readonly string[];
  /** Patterns of `evidence.files` that no file fitted, where there are any. */
  readonly unmatchedFiles?: readonly string[];
}

/** A broken expectation in words; what was seen may be a sentence of its own. */
export function brokenSentence({ text, seen }: Pick<ExpectationOutcome, 'text' | 'seen'>): string {
  return `Expected ${text}, seen ${seen.replace(/\.$/, '')}.`;
}
