/** The lines from a gateway to the carriers, while they are cut: what passes them waits. */
import type { Ambient } from '../kernel/ambient.ts';
import { linkPath } from '../kernel/paths.ts';
import type { FaultLedger, Lift } from '../kernel/target.ts';
import type { BearerMessage, CoreOutcome, MmsLine, RcsCore, SmsLine } from './bearer.ts';

export interface Interconnect {
  /** The core as the gateway reaches it; the very same while nothing was ever cut. */
  core(core: RcsCore): RcsCore;
  line(line: SmsLine): SmsLine;
  mms(line: MmsLine): MmsLine;
  /** `path`: of a core or centre. */
  cut(path: string, ledger: FaultLedger): Lift;
}

interface Held {
  readonly wire: string | undefined;
  readonly go: () => void;
}

export interface InterconnectOptions {
  readonly ambient: Ambient;
  /** `gateway/rbm` */
  readonly gateway: string;
  /** A cut is planned: receipts of what is sent before it have to wait, too. */
  readonly planned: boolean;
}

export function createInterconnect(options: InterconnectOptions): Interconnect {
  const { gateway, planned } = options;
  const { clock, history } = options.ambient;
  const cuts = new Map<string, FaultLedger[]>();
  const waiting = new Map<string, Set<Held>>();
  let used = planned;

  const held = (path: string): Set<Held> => {
    const known = waiting.get(path) ?? new Set<Held>();
    waiting.set(path, known);
    return known;
  };

  /** Undefined: it passes. */
  const cutFor = (path: string, message: string | undefined): FaultLedger | undefined =>
    cuts.get(path)?.find((ledger) => ledger.hits(message));

  /** Now, or when the line is whole again. */
  const pass = (path: string, message: string | undefined, what: string, go: () => void): void => {
    const ledger = cutFor(path, message);
    if (ledger === undefined) {
      go();
      return;
    }
    ledger.touched(`kept ${what} between ${gateway} and ${path}`, message);
    held(path).add({ wire: undefined, go });
  };

  const keep = (
    path: string,
    ledger: FaultLedger,
    sent: { readonly wire: string; readonly message?: string | undefined },
    lastsMicros: number,
    does: { readonly go: () => void; readonly expired: () => void },
  ): void => {
    ledger.touched(`kept it between ${gateway} and ${path}`, sent.message, sent.wire);
    const all = held(path);
    const timer = clock.after(
      Math.max(0, lastsMicros),
      () => {
        if (all.delete(one)) does.expired();
      },
      { daemon: true },
    );
    const go = (): void => {
      timer.cancel();
      does.go();
    };
    const one: Held = { wire: sent.wire, go };
    all.add(one);
  };

  /** What had not passed yet never will. */
  const forget = (path: string, wire: string): boolean => {
    const all = held(path);
    for (const one of all) if (one.wire === wire) return all.delete(one);
    return false;
  };

  const outcomeOf = (
    path: string,
    { message }: BearerMessage,
    outcome: CoreOutcome,
  ): CoreOutcome => ({
    delivered: (device) => pass(path, message, 'a receipt', () => outcome.delivered(device)),
    displayed: (device) => pass(path, message, 'a receipt', () => outcome.displayed(device)),
    failed: (device, why) => pass(path, message, 'a receipt', () => outcome.failed(device, why)),
    expired: () => pass(path, message, 'a receipt', () => outcome.expired()),
  });

  const coreAcross = (core: RcsCore): RcsCore => ({
    ...core,
    capabilities: (person) => {
      const ledger = cutFor(core.path, undefined);
      if (ledger === undefined) return core.capabilities(person);
      ledger.touched(`kept a question about ${person} between ${gateway} and ${core.path}`);
      return undefined;
    },
    submit: (message, expiresAtMicros, outcome) => {
      const answers = outcomeOf(core.path, message, outcome);
      const go = (): void => core.submit(message, expiresAtMicros, answers);
      const ledger = cutFor(core.path, message.message);
      if (ledger === undefined) {
        go();
        return;
      }
      const lasts = expiresAtMicros - clock.now();
      keep(core.path, ledger, message, lasts, { go, expired: () => outcome.expired() });
    },
    revoke: (wire) => forget(core.path, wire) || (!cuts.has(core.path) && core.revoke(wire)),
    fromPhone: (device, content, wire, arrived, message) =>
      core.fromPhone(
        device,
        content,
        wire,
        () => pass(core.path, message, 'a message', arrived),
        message,
      ),
  });

  const lineAcross = (line: SmsLine): SmsLine => ({
    ...line,
    submit: (text) => {
      const { message, validMicros } = text;
      const ended: typeof text.ended = (end) =>
        pass(line.path, message, 'a receipt', () => text.ended(end));
      const go = (): void => line.submit({ ...text, ended });
      const ledger = cutFor(line.path, message);
      if (ledger === undefined) go();
      else keep(line.path, ledger, text, validMicros, { go, expired: () => text.ended('expired') });
    },
    cancel: (wire) => forget(line.path, wire) || (!cuts.has(line.path) && line.cancel(wire)),
    fromPhone: (device, text, wire, arrived, message) =>
      line.fromPhone(
        device,
        text,
        wire,
        () => pass(line.path, message, 'a message', arrived),
        message,
      ),
  });

  const mmsAcross = (line: MmsLine): MmsLine => ({
    ...line,
    submit: (mms) => {
      const { message, validMicros } = mms;
      const ended: typeof mms.ended = (end) =>
        pass(line.path, message, 'a receipt', () => mms.ended(end));
      const ledger = cutFor(line.path, message);
      if (ledger === undefined) return line.submit({ ...mms, ended });
      // Whether it fits is told once it has come there.
      const go = (): void => {
        if (!line.submit({ ...mms, ended })) mms.ended('failed');
      };
      keep(line.path, ledger, mms, validMicros, { go, expired: () => mms.ended('expired') });
      return true;
    },
  });

  const cores = new WeakMap<RcsCore, RcsCore>();
  const lines = new WeakMap<SmsLine, SmsLine>();
  const tell = (path: string, fault: string): void => {
    const ledgers = cuts.get(path) ?? [];
    const whole = ledgers.some((ledger) => ledger.partial !== true);
    const state = ledgers.length === 0 ? 'up' : whole ? 'down' : 'degraded';
    const component = linkPath(gateway, path);
    history.append({ kind: 'component.changed', component, state, why: 'partition', fault });
  };
  return {
    core: (core) => {
      if (!used) return core;
      const made = cores.get(core) ?? coreAcross(core);
      cores.set(core, made);
      return made;
    },
    line: (line) => {
      if (!used) return line;
      const made = lines.get(line) ?? lineAcross(line);
      lines.set(line, made);
      return made;
    },
    mms: (line) => (used ? mmsAcross(line) : line),
    cut: (path, ledger) => {
      used = true;
      cuts.set(path, [...(cuts.get(path) ?? []), ledger]);
      tell(path, ledger.fault);
      return () => {
        const left = (cuts.get(path) ?? []).filter((other) => other !== ledger);
        if (left.length === 0) cuts.delete(path);
        else cuts.set(path, left);
        tell(path, ledger.fault);
        if (left.length > 0) return;
        const all = [...held(path)];
        held(path).clear();
        for (const { go } of all) go();
      };
    },
  };
}
