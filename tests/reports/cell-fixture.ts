import type { CellReport } from '../../reports/model.ts';
import type {
  BreakdownRow,
  CellVerdict,
  Finding,
  LatencySummary,
  MessageOutcome,
  RuleOutcome,
} from '../../simulators/kernel/finding.ts';
import { NO_COUNTS } from '../../simulators/kernel/finding.ts';

export const rule = (
  name: string,
  judged: number,
  findings: readonly Finding[] = [],
): RuleOutcome => ({
  rule: name,
  level: findings[0]?.level ?? 'must',
  judged,
  unjudged: 0,
  findings,
});

export const latency = (p95: number, samples = 100): LatencySummary => ({
  of: 'alerts',
  channel: 'all',
  samples,
  p50: p95 * 0.4,
  p90: p95 * 0.8,
  p95,
  p99: p95 * 1.5,
  p999: p95 * 2,
  max: p95 * 2.2,
  parts: { accept: 12, decide: 180, gateway: 95, carrier: 310, push: 0, device: 240 },
});

const reached = (
  by: BreakdownRow['by'],
  value: string,
  messages: number,
  displayed: number,
  p95: number,
): BreakdownRow => ({
  by,
  value,
  messages,
  displayed,
  onTime: displayed,
  latency: { p50: p95 / 2, p95, p99: p95 * 1.5, max: p95 * 2.2, hdr: 'HISTFAAAAA' },
});

export const breakdown: readonly BreakdownRow[] = [
  reached('platform', 'android', 60, 60, 900),
  reached('platform', 'ios', 40, 38, 2_100),
  reached('carrier', 'northtel', 70, 70, 950),
  { ...reached('carrier', 'southcell', 30, 0, 0), latency: null },
];

export const messages = (count: number, bad: readonly string[] = []): MessageOutcome[] =>
  Array.from({ length: count }, (_, at): MessageOutcome => {
    const message = `alerts-${at + 1}`;
    const wrong = bad.includes(message);
    return {
      message,
      traffic: 'alerts',
      person: at % 3 === 0 ? 'ana' : `population/${at}`,
      sensitivity: at % 4 === 0 ? 'high' : 'medium',
      displayedOn: wrong ? null : at % 5 === 0 ? 'secure-link' : 'rcs-e2ee',
      latencyMicros: wrong ? null : 800_000 + at * 12_345,
      tried: at % 5 === 0 ? ['rcs-e2ee', 'secure-link'] : ['rcs-e2ee'],
      status: wrong ? 'sent' : 'delivered',
      rules: wrong ? ['fallback/missed'] : [],
    };
  }).sort((a, b) => b.rules.length - a.rules.length);

export type VerdictPart = Omit<Partial<CellVerdict>, 'cell' | 'scenario'>;
type CellPart = Omit<Partial<CellReport>, 'verdict' | 'id'> & { readonly scenario: string };

/** One cell of `<suite>/<scenario>`; what is not given is that of a quiet pass. */
export const cell = (part: CellPart, verdict: VerdictPart = {}): CellReport => {
  const [suite = '', scenario = ''] = part.scenario.split('/');
  const seed = part.seed ?? 42;
  const matrix = Object.entries(part.matrix ?? {})
    .map(([axis, value]) => `${axis}=${value}`)
    .join(', ');
  const id = `${part.scenario}${matrix === '' ? '' : ` [${matrix}]`} #${seed}`;
  return {
    suite,
    summary: 'While the RCS core is down, fraud alerts still arrive, and never as readable SMS.',
    clauses: ['policy/high-sensitivity', 'RCC.07/3.2.6'],
    tags: ['outage', 'gate'],
    matrix: {},
    seed,
    hypothetical: [],
    policy: 'default',
    relaxations: [],
    ignored: [],
    wire: 'memory',
    wallMs: 412,
    lastedMicros: 360_000_000,
    history: `cells/${part.scenario.replaceAll('/', '-')}.ndjson`,
    replay: `npm run -s bellwether -- run scenarios/${part.scenario}.yaml --seed ${seed}`,
    ...part,
    scenario,
    id,
    verdict: {
      cell: id,
      scenario,
      verdict: 'pass',
      why: 'All 9 must rules that had something to judge held.',
      level: 'must',
      worldCheck: false,
      rules: [rule('delivery/lost', 100), rule('fallback/late', 40)],
      expectations: [
        { text: 'delivery of alerts at least 99 % within 60 s', outcome: 'held', seen: '100 %' },
      ],
      faults: [],
      latency: [latency(1_420)],
      breakdown,
      counts: {
        ...NO_COUNTS,
        messages: 100,
        accepted: 100,
        displayed: 100,
        onTime: 100,
        dispatched: { 'rcs-e2ee': 81, 'secure-link': 20 },
        displayedOn: { 'rcs-e2ee': 80, 'secure-link': 20 },
        scans: 340,
        canariesSeen: 0,
        events: 2_614,
        confusion: { 'rcs-e2ee → rcs-e2ee': 80, 'secure-link → secure-link': 20 },
        fallbackJudged: 100,
        fallbackCorrect: 100,
      },
      messages: messages(24),
      notes: [],
      ...verdict,
    },
  };
};
