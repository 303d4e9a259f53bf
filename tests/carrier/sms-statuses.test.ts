/**
 * Every command_status of the SMS centre's entry is brought about, octet by octet where need be:
 * the very table of its reference page.
 */
import { describe, expect, test } from 'vitest';
import { smsCentreEntry } from '../../simulators/carrier/sms-centre-entry.ts';
import { refuse } from '../../simulators/faults/refuse.ts';
import type { CarrierPlan } from '../../simulators/kernel/plan.ts';
import { createStreamPair } from '../../simulators/network/memory-stream.ts';
import { COMMAND_IDS } from '../../simulators/protocol/smpp/pdu.ts';
import { statusName } from '../../simulators/protocol/smpp/status.ts';
import { story } from './sms-story.ts';

type Part = string | number | readonly number[];

/** Octets of a body: a text ends with NUL, a number is one octet, a list is what it is. */
function octets(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(`${part}\0`, 'latin1');
      return Buffer.from(typeof part === 'number' ? [part] : part);
    }),
  );
}

function frame(command: number, parts: readonly Part[], length?: number): Buffer {
  const body = octets(parts);
  const header = Buffer.alloc(16);
  header.writeUInt32BE(length ?? 16 + body.length, 0);
  header.writeUInt32BE(command, 4);
  header.writeUInt32BE(7, 12);
  return Buffer.concat([header, body]);
}

const HELLO = [...Buffer.from('Hello')];

interface Sm {
  readonly serviceType?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly esmClass?: number;
  readonly priority?: number;
  readonly schedule?: string;
  readonly validity?: string;
  readonly registered?: number;
  readonly replace?: number;
  readonly length?: number;
  readonly text?: readonly number[];
  readonly tlvs?: readonly number[];
}

/** submit_sm with something wrong in it. */
function submitSm(sm: Sm = {}): Buffer {
  const { serviceType = '', source = '12345', destination = '999000000001', text = HELLO } = sm;
  return frame(COMMAND_IDS.submit_sm, [
    serviceType,
    0,
    0,
    source,
    1,
    1,
    destination,
    sm.esmClass ?? 0,
    0,
    sm.priority ?? 0,
    sm.schedule ?? '',
    sm.validity ?? '',
    sm.registered ?? 0,
    sm.replace ?? 0,
    0,
    0,
    sm.length ?? text.length,
    text,
    sm.tlvs ?? [],
  ]);
}

/** submit_multi to destinations as they stand: their number, then each. */
function submitMulti(destinations: readonly Part[]): Buffer {
  const [count = 0, ...rest] = destinations;
  return frame(COMMAND_IDS.submit_multi, [
    '',
    0,
    0,
    '12345',
    count,
    ...rest,
    0,
    0,
    0,
    '',
    '',
    0,
    0,
    0,
    0,
    HELLO.length,
    HELLO,
  ]);
}

const bind = (systemId: string, password: string, systemType = ''): Buffer =>
  frame(COMMAND_IDS.bind_transceiver, [systemId, password, systemType, 0x34, 0, 0, '']);

interface Way {
  /** Frames in their order; `login` is the bind that works. */
  readonly frames: (login: Buffer, credentials: { systemId: string; password: string }) => Buffer[];
  readonly carrier?: Partial<CarrierPlan>;
  readonly fault?: string;
}

const bound = (...frames: readonly Buffer[]): Way => ({ frames: (login) => [login, ...frames] });
const refusing = (status: string): Way => ({ ...bound(submitSm()), fault: status });
const SOURCE: readonly Part[] = [0, 0, '12345'];
const TO_ANA: readonly Part[] = [1, 1, '999000000001'];

const WAYS: Readonly<Record<string, Way>> = {
  ESME_RINVMSGLEN: bound(submitSm({ length: 200 })),
  ESME_RINVCMDLEN: bound(frame(COMMAND_IDS.enquire_link, [], 4)),
  ESME_RINVCMDID: bound(frame(0x0000_00aa, [])),
  ESME_RINVBNDSTS: { frames: () => [submitSm()] },
  ESME_RALYBND: { frames: (login) => [login, login] },
  ESME_RINVPRTFLG: bound(submitSm({ priority: 9 })),
  ESME_RINVREGDLVFLG: bound(submitSm({ registered: 0xe0 })),
  ESME_RSYSERR: refusing('ESME_RSYSERR'),
  ESME_RINVSRCADR: bound(submitSm({ source: '1'.repeat(30) })),
  ESME_RINVDSTADR: bound(submitSm({ destination: '4912345' })),
  ESME_RINVMSGID: bound(frame(COMMAND_IDS.query_sm, ['1'.repeat(80), ...SOURCE])),
  ESME_RBINDFAIL: {
    carrier: { smpp: { binds: 0 } },
    frames: (login) => [login],
  },
  ESME_RINVPASWD: { frames: (_login, { systemId }) => [bind(systemId, 'wrong')] },
  ESME_RINVSYSID: { frames: (_login, { password }) => [bind('nobody', password)] },
  ESME_RCANCELFAIL: bound(frame(COMMAND_IDS.cancel_sm, ['', '999', ...SOURCE, ...TO_ANA])),
  ESME_RREPLACEFAIL: bound(
    frame(COMMAND_IDS.replace_sm, ['999', ...SOURCE, '', '', 0, 0, HELLO.length, HELLO]),
  ),
  ESME_RMSGQFUL: refusing('ESME_RMSGQFUL'),
  ESME_RINVSERTYP: bound(submitSm({ serviceType: 'far too long' })),
  ESME_RINVNUMDESTS: bound(submitMulti([0])),
  ESME_RINVDLNAME: bound(submitMulti([1, 2, 'everybody'])),
  ESME_RINVDESTFLAG: bound(submitMulti([1, 9, 1, 1, '999000000001'])),
  ESME_RINVESMCLASS: bound(submitSm({ esmClass: 0x40, text: [200, 1, 2] })),
  ESME_RSUBMITFAIL: bound(submitMulti([2, 1, 1, 1, '4912345', 1, 1, 1, '4912346'])),
  ESME_RINVSYSTYP: {
    frames: (_login, { systemId, password }) => [bind(systemId, password, 'far too long a type')],
  },
  ESME_RINVREPFLAG: bound(submitSm({ replace: 2 })),
  ESME_RTHROTTLED: refusing('ESME_RTHROTTLED'),
  ESME_RINVSCHED: bound(submitSm({ schedule: 'tomorrow' })),
  ESME_RINVEXPIRY: bound(submitSm({ validity: 'tomorrow' })),
  ESME_RX_T_APPN: refusing('ESME_RX_T_APPN'),
  ESME_RX_P_APPN: refusing('ESME_RX_P_APPN'),
  ESME_RX_R_APPN: refusing('ESME_RX_R_APPN'),
  ESME_RQUERYFAIL: bound(frame(COMMAND_IDS.query_sm, ['999', ...SOURCE])),
  ESME_RINVOPTPARSTREAM: bound(submitSm({ tlvs: [0x04, 0x24, 0, 9, 1] })),
  ESME_ROPTPARNOTALLWD: bound(submitSm({ tlvs: [0x04, 0x24, 0, 1, 65] })),
  ESME_RINVPARLEN: bound(submitSm({ tlvs: [0x02, 0x0c, 0, 1, 1] })),
  ESME_RMISSINGOPTPARAM: bound(submitSm({ tlvs: [0x02, 0x0c, 0, 2, 0, 1] })),
  ESME_RINVOPTPARAMVAL: bound(
    submitSm({ tlvs: [0x02, 0x0c, 0, 2, 0, 1, 0x02, 0x0e, 0, 1, 2, 0x02, 0x0f, 0, 1, 3] }),
  ),
  ESME_RDELIVERYFAILURE: refusing('ESME_RDELIVERYFAILURE'),
  ESME_RUNKNOWNERR: refusing('ESME_RUNKNOWNERR'),
};

/** The statuses that the centre answered, by name. */
async function answered({ frames, carrier, fault }: Way): Promise<string[]> {
  const at = story(carrier);
  const { credentials } = at.northtel;
  const { systemId, password } = credentials;
  if (fault !== undefined) at.fault('refuse', { with: fault });
  const [near, far] = createStreamPair(at.time, 50);
  at.northtel.door.connected(far);
  let bytes = Buffer.alloc(0);
  near.on('data', (chunk: Buffer) => (bytes = Buffer.concat([bytes, chunk])));
  near.on('error', () => {});
  for (const one of frames(bind(systemId, password), credentials)) near.write(one);
  await at.pass(2);
  const names: string[] = [];
  for (let start = 0; start + 16 <= bytes.length; start += bytes.readUInt32BE(start)) {
    names.push(statusName(bytes.readUInt32BE(start + 8)));
  }
  return names;
}

describe('the SMS centre answers', () => {
  test('the statuses of its entry, and no other', () => {
    const codes = smsCentreEntry.errors.map(({ code }) => code);
    expect(Object.keys(WAYS).toSorted()).toEqual(codes.toSorted());
    expect(codes).toEqual(expect.arrayContaining([...refuse.params.with.words]));
  });

  test.each(Object.entries(WAYS))('%s', async (code, way) => {
    expect(await answered(way)).toContain(code);
  });
});
