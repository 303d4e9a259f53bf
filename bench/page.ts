/** docs/benchmarks.md from the rows of one run. */
import { cpus, loadavg, totalmem } from 'node:os';
import type { BenchRow } from './row.ts';
import { aim, figure, reached } from './row.ts';

export interface Measured {
  /** The file in bench/. */
  readonly name: string;
  readonly rows: readonly BenchRow[];
}

/** What a reader has to know to read the figures of one measurement. */
const NOTES: Readonly<Record<string, string>> = {
  'virtual-time':
    'Between people the world does everything: two phones, their cores, receipts, two tap ' +
    'scans; ten events a message\nare written and judged. Through an implementation a message ' +
    'also brings some ten HTTP exchanges: submission, the RBM\ndoor, two signed webhooks, some ' +
    'six status reads; 22 events and five or six scans. The bare loop does none of that: it\n' +
    'pops a heap and writes a line, and takes about 1 µs an event here; where the target was ' +
    'set it took 2.2.',
  'world-mls':
    'The reference notifier sends to twenty people with suite 2, and keeps each group’s state ' +
    'sealed in its store;\nthe other side only encrypts and decrypts.',
  'world-crypto':
    'Two phones in virtual time, with core, focus, taps, receipts, judging and history; the ' +
    'other side is our own engine,\noctets to octets, doing nothing but encrypting and ' +
    'decrypting as many.',
  'mls-states':
    'Groups of two, each side having written and read; members at rest are kept as octets and ' +
    'unpacked when they are used.',
  mls: 'Octets to octets: ours with all its checks, theirs with the default (WebCrypto) provider.',
  'world-memory':
    'One world of 100,000 phones; messages through door, core and phone in virtual time. The ' +
    'costs are CPU time,\ngarbage collection included. Cost and growth are counted once each ' +
    'phone was written to.',
  'rbm-door':
    'The client never lets the servers rest, so what the door does after its answer is in the ' +
    'first ratio, too:\nthe core’s timers, its hop, its tap and its history (five events and two ' +
    'scans a request). The bare server stops at\nthe answer. The second ratio is of the CPU time ' +
    'of the servers’ processes, garbage collector included.',
  gateways:
    'The main send of every gateway, with its vendor’s bodies. The bare server reads the same ' +
    'bodies, keeps an id and answers\nalike; mountebank 2.9.1 and Prism 5.16.0 give one static ' +
    'answer. mountebank closes each connection after its answer\nunless it is told otherwise. ' +
    'Both are installed for the measurement only; without them their rows are missing.',
  'http-door': 'CPU time of the server’s process for a request.',
  smpp:
    'One bind, 80 characters a message. The peer stops at the answer; the centre also delivers ' +
    'each message to its phone\nand writes its history (four events and a scan).',
  'start-up': 'Wall time of the whole command, with a warm compile cache.',
};

function line(row: BenchRow): string {
  const held = reached(row);
  const verdict = held === undefined ? 'for orientation' : held ? 'reached' : '**not reached**';
  const range = `${figure(row.min)} to ${figure(row.max)}`;
  const goal = aim(row) || '–';
  return `| ${row.name} | ${figure(row.ratio)} | ${range} | ${row.unit} | ${goal} | ${verdict} |`;
}

function section({ name, rows }: Measured): string {
  const head =
    '| what | median | rounds | of what | aim | |\n| --- | --- | --- | --- | --- | --- |';
  const note = NOTES[name] ?? '';
  return [`## ${name}`, note, `${head}\n${rows.map(line).join('\n')}`]
    .filter((part) => part !== '')
    .join('\n\n');
}

function machine(): string {
  const [first] = cpus();
  const gib = Math.round(totalmem() / 1024 ** 3);
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');
  const model = first?.model.trim() ?? 'unknown';
  const hardware = `${cpus().length} × ${model}, ${gib} GiB, ${process.platform}`;
  return `${hardware}; Node ${process.version}; load at the end ${load}`;
}

/** The sections of a page, by the name of their measurement. */
function sectionsOf(page: string): Map<string, string> {
  const parts = page.split(/^## /m).slice(1);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), `## ${part.trimEnd()}`]));
}

/** `before`: the page as it is; of `names` what was not measured now stays as it stands there. */
export function renderPage(
  all: readonly Measured[],
  before: string,
  names: readonly string[],
): string {
  const sections = sectionsOf(before);
  for (const measured of all) sections.set(measured.name, section(measured));
  const said =
    '# Benchmarks\n\n' +
    'Made by `npm run bench -- --write`. Ratios count, measured side by side in one run, rounds\n' +
    'paired; absolute figures hold for the machine below at that hour only. A section that the\n' +
    'last run did not measure stands as an earlier one left it.\n\n' +
    `Machine: ${machine()}.\n\n` +
    'A median within about 15 % of another is not a difference here: the same server measured\n' +
    'against itself comes out at 0.90 to 1.16.';
  const kept = names.map((name) => sections.get(name) ?? '').filter((text) => text !== '');
  return `${[said, ...kept].join('\n\n')}\n`;
}
