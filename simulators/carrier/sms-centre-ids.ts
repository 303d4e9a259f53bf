/**
 * How a centre writes its message ids. Many answer in one base and put another into receipts, which
 * is why gateways have a switch for it; the world knows a message by its plain number.
 */
import type { SmppPlan } from '../kernel/plan.ts';

export interface MessageIds {
  /** In submit_sm_resp, and wherever the ESME names the message. */
  answer(id: string): string;
  /** In receipts. */
  receipt(id: string): string;
  /** The plain id of one in the form of `answer`; undefined when it cannot be one of ours. */
  parse(written: string): string | undefined;
}

/** Where the forms differ, numbers begin so high that no text is a number in both by accident. */
const FIRST = 0x0a00_0000;

export function createMessageIds(smpp: SmppPlan | undefined): MessageIds {
  const answer = smpp?.ids ?? 'decimal';
  const receipt = smpp?.receiptIds ?? 'decimal';
  if (answer === 'decimal' && receipt === 'decimal') {
    return { answer: (id) => id, receipt: (id) => id, parse: (written) => written };
  }
  const write = (id: string, form: 'decimal' | 'hex'): string => {
    const number = FIRST + Number(id);
    return form === 'hex' ? number.toString(16).toUpperCase().padStart(8, '0') : String(number);
  };
  return {
    answer: (id) => write(id, answer),
    receipt: (id) => write(id, receipt),
    parse: (written) => {
      const number = Number.parseInt(written, answer === 'hex' ? 16 : 10);
      return number > FIRST ? String(number - FIRST) : undefined;
    },
  };
}
