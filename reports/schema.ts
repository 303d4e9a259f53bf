/**
 * The report as a zod schema, which writes report.schema.json. It mirrors `RunReport`; the check at
 * the end does not compile while the two differ in any field.
 */
import { z } from 'zod';
import type { RunReport } from './model.ts';
import type { Protection } from '../simulators/kernel/finding.ts';
import type { Channel, Level, Observer, Verdict } from '../simulators/kernel/words.ts';

const channel = z.enum([
  'app-push',
  'imessage',
  'rcs-e2ee',
  'rcs',
  'secure-link',
  'mms',
  'sms',
] as const satisfies readonly Channel[]);

const observer = z.enum([
  'implementation-api',
  'implementation-output',
  'implementation-files',
  'implementation-callbacks',
  'gateway',
  'carrier',
  'smsc',
  'push',
  'attachment-store',
  'archive',
  'link-anonymous',
  'device',
  'other-device',
] as const satisfies readonly Observer[]);

const protection = z.enum([
  'own-mls-client',
  'gateway-session',
] as const satisfies readonly Protection[]);

const verdict = z.enum([
  'fail',
  'error',
  'inconclusive',
  'pass',
  'not-applicable',
] as const satisfies readonly Verdict[]);

const level = z.enum(['must', 'should', 'may'] as const satisfies readonly Level[]);

const count = z.int().min(0);
const text = z.string();
const texts = z.array(z.string());

const finding = z.object({
  rule: text.describe('The rule, as `bellwether list rules` names it: fallback/late'),
  level,
  kind: z.enum(['safety', 'liveness']),
  message: text.exactOptional(),
  device: text.exactOptional(),
  evidence: z.array(count).describe('seq numbers of the events that prove it, in order'),
  expected: text,
  seen: text,
  sentence: text.describe('The finding in one sentence for a release manager'),
});

const ruleOutcome = z.object({
  rule: text,
  level,
  judged: count.describe('How many things it judged; 0 = not exercised'),
  unjudged: count.describe('How many it had to leave alone'),
  reason: text.exactOptional(),
  findings: z.array(finding),
  inconclusive: text.exactOptional(),
  ignored: text.exactOptional().describe('Why the scenario switched this rule off'),
  follows: texts.exactOptional().describe('Rules that spoke here too and explain these findings'),
});

const expectation = z.object({
  text,
  outcome: z.enum(['held', 'failed', 'not-exercised', 'inconclusive']),
  seen: text,
  by: texts.exactOptional().describe('Rules whose findings broke it; absent: none did'),
});

const fault = z.object({
  name: text,
  entry: text.describe('Its word in the fault registry: outage'),
  target: text,
  hits: count,
  floor: text.describe('The evidence floor: >= 5'),
  reached: z.boolean(),
  outside: z
    .literal(true)
    .exactOptional()
    .describe('It strikes only what the implementation does not claim: no floor is asked for'),
});

const latency = z.object({
  of: text,
  channel: z.union([channel, z.literal('all')]),
  samples: count,
  p50: z.number().describe('Milliseconds, like the other percentiles'),
  p90: z.number(),
  p95: z.number(),
  p99: z.number(),
  p999: z.number(),
  max: z.number(),
  parts: z.record(text, z.number()).describe('Mean milliseconds of each part'),
  hdr: text.exactOptional().describe('HdrHistogram, V2 compressed, base64: mergeable'),
});

const breakdown = z.object({
  by: z.enum(['channel', 'platform', 'os', 'carrier', 'region', 'e2ee', 'class']),
  value: text,
  messages: count,
  displayed: count,
  onTime: count,
  latency: z.nullable(
    z.object({
      p50: z.number().describe('Milliseconds, like the other percentiles'),
      p95: z.number(),
      p99: z.number(),
      max: z.number(),
      hdr: text.describe('HdrHistogram of µs, V2 compressed, base64: mergeable'),
    }),
  ),
});

const message = z.object({
  message: text,
  traffic: text,
  person: text,
  sensitivity: text,
  displayedOn: z.nullable(channel),
  latencyMicros: z.nullable(z.number()),
  tried: z.array(channel),
  status: z.nullable(text),
  rules: texts,
  protection: protection
    .exactOptional()
    .describe('Who held the keys of what a business sent encrypted by RCS'),
  readableFor: z
    .array(observer)
    .exactOptional()
    .describe('Observers whose taps found its content anywhere on its way'),
});

const counts = z.object({
  messages: count,
  accepted: count,
  refused: z.exactOptional(count.describe('Refused and never accepted; absent: none')),
  displayed: count,
  onTime: count,
  dispatched: z.partialRecord(channel, count),
  displayedOn: z.partialRecord(channel, count),
  padlocked: z.exactOptional(count.describe('Displayed with a padlock; absent: none')),
  protection: z
    .partialRecord(
      protection,
      z.object({ messages: count, readableFor: z.partialRecord(observer, count) }),
    )
    .exactOptional()
    .describe('Messages by who held their keys, and how many of these each observer could read'),
  scans: count,
  canariesSeen: count,
  unattributed: count,
  unrecognised: z.exactOptional(
    count.describe('Texts that reached people and are no message of the plan; absent: none'),
  ),
  events: count,
  confusion: z
    .record(text, count)
    .describe('Best allowed channel at the time → channel used: how many messages'),
  fallbackJudged: count,
  fallbackCorrect: count,
});

const verdictWord = z.object({ verdict, why: text });

const knownHere = z.object({
  rule: text.describe('The rule, or expect/delivery'),
  reason: text,
  owner: text,
  expiry: text.describe('The last day on which it holds: 2027-03-31'),
});

const cellVerdict = z.object({
  cell: text,
  scenario: text,
  verdict: verdict.describe('The one that counts: without known failures'),
  why: text,
  besides: verdictWord
    .exactOptional()
    .describe('Of a fail: what is left without its failures; absent: a pass'),
  known: z
    .object({ judged: verdictWord, failures: z.array(knownHere) })
    .exactOptional()
    .describe('Failures that the register names, and what the judges said'),
  level,
  worldCheck: z.boolean(),
  rules: z.array(ruleOutcome),
  expectations: z.array(expectation),
  faults: z.array(fault),
  latency: z.array(latency),
  breakdown: z.array(breakdown).describe('Delivery and latency by what the people have'),
  counts,
  messages: z.array(message).describe('At most 1,000; failing ones first'),
  notes: texts,
  unmatchedFiles: texts.exactOptional().describe('Patterns of evidence.files that no file fitted'),
});

const partingStep = z.nullable(z.object({ seq: count, atMicros: z.number(), text }));

const blame = z.object({
  on: z.enum(['implementation', 'pair', 'peer', 'scenario', 'unknown']),
  sentence: text,
  shared: texts.describe('Of the rules that failed, those that the reference breaks as well'),
  plays: z.array(
    z.object({
      implementation: text,
      peers: z.enum(['as-planned', 'reference']),
      verdict,
      rules: texts,
      why: text,
    }),
  ),
  parting: z
    .nullable(z.object({ message: text, here: partingStep, there: partingStep }))
    .describe('The first step that only one of the two histories has'),
});

const cell = z.object({
  id: text,
  suite: text,
  scenario: text,
  summary: text,
  clauses: texts,
  tags: texts,
  matrix: z.record(text, text),
  seed: z.number(),
  hypothetical: texts,
  policy: text,
  relaxations: texts,
  ignored: z.array(z.object({ rule: text, reason: text })),
  wire: z.enum(['memory', 'sockets']),
  wallMs: z.number(),
  lastedMicros: z.number(),
  history: z.nullable(text).describe('Relative to the folder of the run'),
  output: text
    .exactOptional()
    .describe('What the program printed, relative to the folder of the run; absent: nothing'),
  replay: text.describe('The command that repeats this cell'),
  verdict: cellVerdict,
  blame: blame
    .exactOptional()
    .describe('Where the cell failed and was played again with the reference'),
});

/** Reads and describes a `report.json`. */
export const runReportSchema = z.object({
  bellwetherReport: z.literal(1).describe('Goes up when a field changes its meaning or goes away'),
  version: text,
  run: z.object({
    id: text,
    began: text.describe('ISO 8601, UTC'),
    wallMs: z.number(),
    planHash: text,
    command: text,
    node: text,
    folder: text,
  }),
  implementation: z.object({
    name: text,
    version: text,
    role: text,
    start: text,
    claims: z.object({
      channels: z.array(channel),
      gateways: texts,
      sms: texts,
      push: texts,
      callbacks: texts,
      idempotency: z.boolean(),
      attachments: z.literal(true).exactOptional(),
      archive: z.literal(true).exactOptional(),
    }),
  }),
  verdict,
  exitCode: z.int(),
  why: text,
  totals: z.object({
    cells: z.record(verdict, count),
    messages: count,
    displayed: count,
    findings: count,
    events: count,
  }),
  breakdown: z.array(breakdown).describe('The same over all cells but world checks'),
  cells: z.array(cell),
  rulesNotExercised: texts,
  rulesNotClaimed: z.exactOptional(
    z.record(z.string(), texts).describe('Of these, those about what is not claimed, by claim'),
  ),
  knownFailures: z.object({ used: texts, toPaste: texts }),
  notes: texts,
});

/** The JSON Schema of `report.json`; fields that a later version adds do not break a reader. */
export const renderReportSchema = (): string => {
  const schema = z.toJSONSchema(runReportSchema, { io: 'input' });
  const titled = { title: 'Bellwether run report', ...schema };
  return `${JSON.stringify(titled, null, 2)}\n`;
};

type Open<T> = T extends object ? { -readonly [K in keyof T]: Open<T[K]> } : T;
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Fails to compile while the schema and the type differ. */
export type SchemaIsTheReport = Same<Open<z.infer<typeof runReportSchema>>, Open<RunReport>>;
true satisfies SchemaIsTheReport;
