import type { Random } from '../../kernel/random.ts';
import { LEAF_MINIMUM_LEFT_SECONDS } from '../../protocol/mls/x509/verify-leaf.ts';
import type { Phone } from '../phone.ts';
import type { IssuedLeaf, KeyPair, Provider } from './authority.ts';

/** The messages app's provider, whose key service is the device's home. */
function providerOf(phone: Phone): Provider {
  return phone.plan.platform === 'ios' ? 'apple' : 'google';
}

/**
 * A device's participant key, which lives until its keys are lost, and the leaf certified for it,
 * which is made anew long before it expires, when the device rotates, and when its attestation
 * changes.
 */
export class DeviceIdentity {
  readonly participant: KeyPair;
  readonly #phone: Phone;
  readonly #random: Random;
  #leaf: IssuedLeaf | undefined;
  #attested: boolean | undefined;

  /** `generation`: how often the device had lost its keys before. */
  constructor(phone: Phone, generation: number) {
    const { ambient, authority } = phone.context;
    this.#phone = phone;
    this.#random = ambient.random.fork(`${phone.path}/identity/${generation}`);
    this.participant = authority.keyPair(this.#random);
  }

  /** The present leaf; at least 30 days of it are left. */
  get leaf(): IssuedLeaf {
    const phone = this.#phone;
    const { ambient, authority } = phone.context;
    const attested = phone.attestationFault === undefined;
    const nowSeconds = Math.floor(ambient.clock.epochMillis() / 1_000);
    const left = (this.#leaf?.notAfterSeconds ?? 0) - nowSeconds;
    if (this.#leaf !== undefined && left > LEAF_MINIMUM_LEFT_SECONDS) {
      if (attested === this.#attested) return this.#leaf;
    }
    this.#attested = attested;
    this.#leaf = authority.certify(
      {
        msisdn: phone.owner.plan.msisdn,
        deviceId: phone.plan.id,
        carrier: phone.owner.plan.carrier,
        provider: providerOf(phone),
        participant: this.participant,
        attested,
      },
      this.#random,
    );
    return this.#leaf;
  }

  rotate(): void {
    this.#leaf = undefined;
  }
}
