import type { ClaimedKeyPackage, CredentialForm, Handset } from '../../network/bearer.ts';
import { FieldError, objectAt, onlyFields } from '../../protocol/rbm/field-check.ts';
import { ok } from './answer.ts';
import type { Answer, Call } from '../api/answer.ts';
import type { GatewayContext, Routing } from './gateway-context.ts';
import { reachOf } from './gateway-context.ts';
import { e2eeOf } from './meanings.ts';
import { notReachable } from './reach.ts';
import { readJson } from './read-json.ts';

/** GET /v1/phones/{E164}/devices (extension) */
export function devices(context: GatewayContext, routing: Routing): Call {
  const { subscriber, request, what } = routing;
  return {
    operation: 'devices',
    what,
    seen: `${request.path}?${request.query}`,
    ...(subscriber === undefined ? {} : { person: subscriber.plan.id }),
    serve: () => {
      const reach = reachOf(context, subscriber);
      if (subscriber === undefined || reach === undefined) return notReachable(routing);
      context.watch.begin(subscriber);
      const list = [];
      let any = false;
      for (const handset of subscriber.handsets) {
        if (handset.revoked) continue;
        const features = handset.features();
        if (!features.rcs) continue;
        const e2ee = reach.e2ee && features.e2ee;
        const attestation = handset.attestationFault ?? 'passed';
        any ||= e2ee && attestation === 'passed';
        list.push({ deviceId: handset.plan.id, e2ee, attestation });
      }
      return ok(JSON.stringify({ devices: list }), [e2eeOf(subscriber.plan.id, any)]);
    },
  };
}

const CLAIM = new Set(['deviceIds', 'credential']);
const FORMS: readonly CredentialForm[] = ['basic', 'x509'];

interface Wanted {
  /** Undefined: every device. */
  readonly deviceIds: readonly unknown[] | undefined;
  readonly form: CredentialForm;
}

function readClaim(body: Uint8Array): Wanted {
  const json = objectAt(readJson(body), 'request');
  onlyFields(json, CLAIM, '');
  const { deviceIds, credential = 'basic' } = json;
  const form = FORMS.find((known) => known === credential);
  if (form === undefined) {
    throw new FieldError('credential', `Invalid value at 'credential': basic or x509.`);
  }
  if (deviceIds === undefined || Array.isArray(deviceIds)) return { deviceIds, form };
  throw new FieldError('device_ids', `Invalid value at 'device_ids': a list is expected.`);
}

/** POST /v1/phones/{E164}/keyPackages:claim (extension): one package of each E2EE device. */
export function claimKeyPackages(context: GatewayContext, routing: Routing): Call {
  const { subscriber, request, what } = routing;
  const { clock, history } = context.ambient;

  const answer = (person: string, claimed: readonly ClaimedPackage[], cause: number): Answer => {
    const keyPackages = claimed.map((one) => {
      const { handset, keyPackage, reference, lastResort, unattested, again } = one;
      const device = handset.path;
      history.append({
        kind: 'mls.claimed',
        cause,
        person,
        device,
        reference,
        lastResort,
        ...(unattested === undefined ? {} : { unattested }),
        ...(again === undefined ? {} : { again }),
      });
      context.focus.claimed(reference, handset.plan.id);
      const bytes = Buffer.from(keyPackage).toString('base64');
      const attestation = unattested ?? 'passed';
      return { deviceId: handset.plan.id, keyPackage: bytes, reference, lastResort, attestation };
    });
    const some = claimed.some(({ unattested }) => unattested === undefined);
    return ok(JSON.stringify({ keyPackages }), [e2eeOf(person, some)]);
  };

  return {
    operation: 'key-packages',
    what,
    seen: request.body,
    ...(subscriber === undefined ? {} : { person: subscriber.plan.id }),
    serve: (_message, cause) => {
      const { deviceIds, form } = readClaim(request.body);
      const reach = reachOf(context, subscriber);
      if (subscriber === undefined || reach === undefined) return notReachable(routing);
      context.watch.begin(subscriber);
      const asked = subscriber.handsets.filter(
        (handset) =>
          reach.e2ee &&
          !handset.revoked &&
          handset.features().e2ee &&
          deviceIds?.includes(handset.plan.id) !== false,
      );
      const claims = asked.map((handset) => ({ handset, claim: handset.claimKeyPackage(form) }));
      if (!claims.some(({ claim }) => claim instanceof Promise)) {
        return answer(subscriber.plan.id, settled(claims as SettledClaim[]), cause);
      }
      clock.touch();
      return Promise.all(
        claims.map(async ({ handset, claim }) => ({ handset, claim: await claim })),
      ).then((all) => {
        clock.touch();
        return answer(subscriber.plan.id, settled(all), cause);
      });
    },
  };
}

type ClaimedPackage = ClaimedKeyPackage & { readonly handset: Handset };
interface SettledClaim {
  readonly handset: Handset;
  readonly claim: ClaimedKeyPackage | undefined;
}

/** A device that lost its keys has none to give. */
function settled(claims: readonly SettledClaim[]): readonly ClaimedPackage[] {
  const out: ClaimedPackage[] = [];
  for (const { handset, claim } of claims) {
    if (claim !== undefined) out.push({ ...claim, handset });
  }
  return out;
}
