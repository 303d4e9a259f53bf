import type { DevicePlan, PersonPlan } from '../kernel/plan.ts';
import type { Handset, Subscriber } from '../network/bearer.ts';
import { Phone } from './phone.ts';
import type { PhoneContext } from './phone-context.ts';

/** Messages that a person reads once, on whichever phone shows them first. */
const REMEMBERED_READS = 64;

/** A person with their phones, which come into being when somebody first asks for them. */
export class Owner implements Subscriber {
  #plan: PersonPlan;
  readonly #context: PhoneContext;
  #phones: readonly Phone[] | undefined;
  #guests: Phone[] | undefined;
  #newcomers: ((handset: Handset) => void)[] | undefined;
  #reading: Set<string> | undefined;
  #signInCode: string | undefined;
  #linkVisits = 0;

  constructor(plan: PersonPlan, context: PhoneContext) {
    this.#plan = plan;
    this.#context = context;
  }

  /** As planned, with the carrier of the moment. */
  get plan(): PersonPlan {
    return this.#plan;
  }

  /** The number goes to another carrier, with all that others have to know of it. */
  port(carrier: string): void {
    this.#plan = { ...this.#plan, carrier };
  }

  get handsets(): readonly Phone[] {
    this.#phones ??= this.plan.devices
      .filter(({ spare }) => spare !== true)
      .map((device) => new Phone(this, device, this.#context));
    return this.#guests === undefined ? this.#phones : [...this.#phones, ...this.#guests];
  }

  /** Whose device has the SIM: the first one's, or the next phone's once it is used. */
  get sim(): string | undefined {
    return this.handsets[0]?.plan.id;
  }

  /** The next phone, with the SIM in it; undefined when there is none (any more). */
  takeNextPhone(): Phone | undefined {
    const before = this.handsets;
    const plan = this.plan.devices.find(
      ({ id, spare }) => spare === true && this.phone(id) === undefined,
    );
    if (plan === undefined) return undefined;
    const phone = new Phone(this, { ...plan, online: true }, this.#context);
    this.#phones = [phone, ...before.filter((each) => this.#guests?.includes(each) !== true)];
    return phone;
  }

  onNewHandset(listener: (handset: Handset) => void): void {
    this.#newcomers ??= [];
    this.#newcomers.push(listener);
  }

  /** A device of somebody else's on this person's number. */
  intrude(plan: DevicePlan): Phone {
    const phone = new Phone(this, plan, this.#context, true);
    this.#guests = [...(this.#guests ?? []), phone];
    return phone;
  }

  /** Whoever follows this number's devices hears of it. */
  announce(phone: Phone): void {
    for (const listener of this.#newcomers ?? []) listener(phone);
  }

  phone(id: string): Phone | undefined {
    return this.handsets.find((phone) => phone.plan.id === id);
  }

  /** True for the first phone that asks: the person reads there. `key`: a message or a wire. */
  beginsToRead(key: string): boolean {
    this.#reading ??= new Set();
    if (this.#reading.has(key)) return false;
    this.#reading.add(key);
    if (this.#reading.size > REMEMBERED_READS) {
      for (const oldest of this.#reading) {
        this.#reading.delete(oldest);
        break;
      }
    }
    return true;
  }

  /** How many links the person had followed before this one. */
  countLinkVisit(): number {
    return this.#linkVisits++;
  }

  /** What the person types into a sign-in form: six digits, the same for the same seed. */
  get signInCode(): string {
    if (this.#signInCode === undefined) {
      const random = this.#context.ambient.random.fork(`sign-in/${this.plan.id}`);
      this.#signInCode = String(random.int(0, 999_999)).padStart(6, '0');
    }
    return this.#signInCode;
  }
}
