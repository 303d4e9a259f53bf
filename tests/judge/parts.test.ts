import { describe, expect, it } from 'vitest';
import type { PartOf } from '../../simulators/kernel/events.ts';
import { story } from './story-builder.ts';
import type { Story } from './story-builder.ts';

const rule = 'fallback/misreported';

interface Said {
  readonly part?: Partial<PartOf>;
  /** Does the simulator know from the open text which message it is? */
  readonly known?: boolean;
}

function submit(told: Story, wire: string, number: number, { part, known }: Said = {}): Story {
  const request = told.add({
    kind: 'door.request',
    component: 'carrier/northtel/sms',
    operation: 'send',
    wire,
    person: 'ana',
    what: 'submit_sm',
    part: { of: 'smpp:1', number, total: 2, ...part },
    ...(known === false ? {} : { channel: 'sms', message: 'm1' }),
  });
  told.add({
    kind: 'door.answered',
    request,
    outcome: 'accepted',
    status: 'ESME_ROK',
    handedAt: told.now,
    wire,
  });
  return told;
}

const begun = (): Story => story().at(1).accepted('m1', 'low');
const sent = (first: Said = {}): Story => submit(submit(begun(), 'smpp:1', 1, first), 'smpp:2', 2);
const receipt = (told: Story, wire: string): Story =>
  told.told(wire, 'deliver_sm receipt', 'delivered', { component: 'carrier/northtel/sms' });

describe('a text in two parts', () => {
  it('was sent and no more while one of them is unconfirmed', () => {
    const told = receipt(sent().at(5), 'smpp:2').at(30).status('m1', 'sent').end(100);
    expect(told.rule(rule)).toMatchObject({ judged: 1, findings: [] });
  });

  it('is not delivered by the receipt of one of them', () => {
    const told = receipt(sent().at(5), 'smpp:1').at(30).status('m1', 'delivered').end(100);
    expect(told.found(rule)[0]).toContain('no evidence of delivery');
  });

  it('is not delivered by two receipts of the same one', () => {
    const twice = receipt(receipt(sent().at(5), 'smpp:1'), 'smpp:1');
    const told = twice.at(30).status('m1', 'delivered').end(100);
    expect(told.found(rule)[0]).toContain('no evidence of delivery');
  });

  it('is not delivered while its other part has not even been sent', () => {
    const told = receipt(submit(begun(), 'smpp:1', 1).at(5), 'smpp:1').at(30);
    expect(told.status('m1', 'delivered').end(100).found(rule)[0]).toContain('no evidence');
  });

  it('is delivered, and not merely sent, once both are confirmed', () => {
    const both = (): Story => receipt(receipt(sent().at(5), 'smpp:1').at(9), 'smpp:2').at(30);
    expect(both().status('m1', 'delivered').end(100).found(rule)).toEqual([]);
    const modest = both().status('m1', 'sent').end(100);
    expect(modest.found(rule)[0]).toContain('evidence of delivery');
  });

  it('is delivered by either submission of a part whose answer was lost', () => {
    const again = submit(sent(), 'smpp:3', 1);
    const told = receipt(receipt(again.at(5), 'smpp:3'), 'smpp:2').at(30);
    expect(told.status('m1', 'delivered').end(100).found(rule)).toEqual([]);
  });

  it('may be called delivered by the only part that a receipt was asked for, or sent', () => {
    const quiet = (): Story => sent({ part: { unasked: true } });
    for (const word of ['delivered', 'sent'] as const) {
      const told = receipt(quiet().at(5), 'smpp:2').at(30).status('m1', word).end(100);
      expect(told.found(rule)).toEqual([]);
    }
    const none = quiet().at(30).status('m1', 'delivered').end(100);
    expect(none.found(rule)[0]).toContain('no evidence of delivery');
  });

  it('is told of as one, although its canary stood in no part alone', () => {
    const lie = { component: 'carrier/northtel/sms', untrue: true };
    const told = submit(submit(begun(), 'smpp:1', 1, { known: false }), 'smpp:2', 2).at(2);
    told.told('smpp:1', 'deliver_sm receipt', 'delivered', lie);
    told.told('smpp:2', 'deliver_sm receipt', 'delivered', lie);
    told.at(5).status('m1', 'delivered', { final: false }).at(30).status('m1', 'delivered');
    expect(told.end(300).rule(rule)).toMatchObject({ judged: 1, findings: [] });
    expect(told.rule('delivery/lost').reason).toContain('a lying peer');
  });

  it('is not known to be there by one receipt, when a second copy leaves', () => {
    const copies = (...receipts: string[]): Story => {
      const told = sent().at(5);
      for (const wire of receipts) receipt(told, wire);
      told.revoke('smpp:1').at(20).dispatch('m1', 'rcs', { wire: 'rbm:1' });
      return told.display('m1', 'sms', 'smpp:1').display('m1', 'rcs', 'rbm:1').end(100);
    };
    expect(copies('smpp:1').found('fallback/duplicate')).toEqual([]);
    const known = copies('smpp:1', 'smpp:2').found('fallback/duplicate');
    expect(known[0]).toContain('was known to have arrived');
  });
});

describe('a text in parts of a history that does not name them', () => {
  it('is delivered by any receipt, as it was judged when it was written', () => {
    const told = story().at(1).accepted('m1', 'low').dispatch('m1', 'sms', { wire: 'smpp:1' });
    told.dispatch('m1', 'sms', { wire: 'smpp:2' }).carried('sms:1', 'smpp:1', 'sms');
    told.carried('sms:1', 'smpp:2', 'sms').at(5);
    expect(receipt(told, 'smpp:2').at(30).status('m1', 'delivered').end(100).found(rule)).toEqual(
      [],
    );
  });
});
