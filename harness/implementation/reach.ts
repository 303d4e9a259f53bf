/**
 * How the calls of what is under test come to the simulators (`reach` of implementation.yaml), and
 * what becomes of calls to anywhere else: refused, and told in the history.
 */
import type { Ambient } from '../../simulators/kernel/ambient.ts';
import { invariant } from '../../simulators/kernel/errors.ts';
import { OUTSIDE } from '../../simulators/kernel/words.ts';
import { hostOf, isVendorHost } from '../../simulators/network/vendor-hosts.ts';
import type { Network } from '../../simulators/network/wire.ts';
import { componentOfHost } from '../../simulators/world/vendor-hosts.ts';
import type { DescriptionDoc } from './description-schema.ts';
import type { Variables } from './reach-variables.ts';
import { interceptVariables, proxyVariables } from './reach-variables.ts';

export interface OpenReach {
  /** More placeholders: `proxy.url`, `proxy.host`, `proxy.port`. */
  readonly values: Variables;
  /** For a program on this machine; `own` is the NODE_OPTIONS that it has anyway. */
  variables(caFile: string, own?: string): Variables;
}

/** The host in `CONNECT tracker.example:443` or `GET http://tracker.example/`. */
function askedHost(what: string): string {
  const target = what.slice(what.indexOf(' ') + 1);
  return hostOf(/^https?:\/\/([^/]+)/i.exec(target)?.[1] ?? target);
}

/**
 * Writes what was refused. It is a finding (contract/unexpected-traffic) unless the program could
 * not know better: the host of a vendor that this world merely leaves out, or one that its
 * description says it asks for.
 */
export function refusalTeller(
  { history, clock }: Pick<Ambient, 'history' | 'clock'>,
  known: readonly string[],
): (what: string) => void {
  return (what) => {
    const host = askedHost(what);
    const vendor = componentOfHost(host);
    const expected = vendor !== undefined || known.some((pattern) => isVendorHost(pattern, host));
    const why = vendor === undefined ? '' : ` (${vendor}, which this world leaves out)`;
    const request = history.append({
      kind: 'door.request',
      component: OUTSIDE,
      operation: expected ? 'connect' : 'unexpected',
      what: `${what}${why}`,
    });
    history.append({
      kind: 'door.answered',
      request,
      cause: request,
      outcome: 'refused-connection',
      status: '403',
      handedAt: clock.now(),
    });
  };
}

/** Opens what this way needs on the network; it is closed with the network. */
export async function openReach(
  { reach = 'env', outside = [] }: Pick<DescriptionDoc, 'reach' | 'outside'>,
  ambient: Pick<Ambient, 'history' | 'clock'>,
  network: Network,
): Promise<OpenReach> {
  if (reach === 'env') return { values: {}, variables: () => ({}) };
  invariant(network.reach !== undefined, `reach: ${reach} needs sockets`);
  const refused = refusalTeller(ambient, outside);
  const proxy = await network.reach.listenProxy({ refused });
  const values = {
    'proxy.url': proxy.url,
    'proxy.host': proxy.host,
    'proxy.port': String(proxy.port),
  };
  if (reach !== 'intercept') {
    return { values, variables: (caFile) => proxyVariables(proxy.url, caFile) };
  }
  const hosts = await network.reach.listenHosts({ refused });
  const table = { proxy: proxy.port, hosts };
  return { values, variables: (caFile, own) => interceptVariables(table, caFile, own) };
}
