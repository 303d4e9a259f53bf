/** What a phone can display, given its own state alone: whether anything brings it is not asked. */
import type { Channel } from '../kernel/words.ts';
import type { Phone } from './phone.ts';

export function channelsOf(phone: Phone): Channel[] {
  const channels: Channel[] = [];
  const { online } = phone;
  const [rcs, sms] = [phone.reachable('rcs'), phone.reachable('sms')];
  const tokenValid = !phone.suffers('token-invalid');
  if (online && phone.hasApp && tokenValid && !phone.appIsStopped) channels.push('app-push');
  const trusted = phone.attestationFault === undefined;
  if (rcs && phone.features().e2ee && !phone.keysAreLost && trusted) channels.push('rcs-e2ee');
  if (rcs) channels.push('rcs');
  if (online && (rcs || sms)) channels.push('secure-link');
  const { mmsOf } = phone.context.lines;
  if (online && sms && mmsOf(phone.owner.plan.carrier) !== undefined) channels.push('mms');
  if (sms) channels.push('sms');
  return channels;
}
