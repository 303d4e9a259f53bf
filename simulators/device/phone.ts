import type { AttestationFault } from '../kernel/events-mls.ts';
import type { EventOf } from '../kernel/events.ts';
import { devicePath } from '../kernel/people.ts';
import type { DevicePlan } from '../kernel/plan.ts';
import type { Channel } from '../kernel/words.ts';
import type {
  BearerMessage,
  ClaimedKeyPackage,
  CredentialForm,
  Handset,
  HandsetChange,
  PushDelivery,
  Receipts,
  WapPush,
} from '../network/bearer.ts';
import type { PublicKeys } from '../protocol/imessage/packet.ts';
import type { MlsEngine, MlsMember } from '../protocol/mls/types.ts';
import { AppKeys } from './app-keys.ts';
import { receivePush } from './app-push.ts';
import { channelsOf } from './channels.ts';
import type { Circumstance } from './circumstances.ts';
import { TAKES_NETWORK, WORDING } from './circumstances.ts';
import { forget } from './conversation-group.ts';
import { updateConversations } from './conversation.ts';
import { Keyring } from './keyring.ts';
import { KeyTrouble } from './keys/trouble.ts';
import { receiveMmsPush } from './mms/inbox.ts';
import { receiveCiphertext, overhearCiphertext } from './mls-inbox.ts';
import type { Owner } from './owner.ts';
import type { PhoneContext } from './phone-context.ts';
import type { PushRegistration } from './push-registration.ts';
import { PhoneState } from './phone-state.ts';
import { comeBack } from './rejoin.ts';
import { ImessageKeys } from './talk/imessage-keys.ts';
import { receiveText } from './text-inbox.ts';

type DeviceChange = EventOf<'device.changed'>['change'];

/**
 * One phone. At rest it is three references; state of its own comes with the first thing that
 * happens to it, and MLS state with the first key package that is claimed.
 */
export class Phone implements Handset {
  readonly owner: Owner;
  readonly plan: DevicePlan;
  readonly context: PhoneContext;
  /** A device on this person's number that is somebody else's (a stolen number or token). */
  readonly thief: boolean;
  #state: PhoneState | undefined;

  constructor(owner: Owner, plan: DevicePlan, context: PhoneContext, thief = false) {
    this.owner = owner;
    this.plan = plan;
    this.context = context;
    this.thief = thief;
  }

  get path(): string {
    return this.#state?.path ?? devicePath(this.owner.plan.id, this.plan.id);
  }

  get person(): string {
    return this.owner.plan.id;
  }

  /** The identity of its MLS leaf: `tel:+999100000001/1`. */
  get identity(): string {
    return `tel:${this.owner.plan.msisdn}/${this.plan.id}`;
  }

  /** Our own engine, or the stack that its profile names. */
  get mls(): MlsEngine {
    const { context, plan } = this;
    const { mls, foreignEngine } = context;
    return plan.mls === undefined ? mls : (foreignEngine?.(plan.mls.address) ?? mls);
  }

  /** Made when first needed. */
  get state(): PhoneState {
    this.#state ??= this.#begin();
    return this.#state;
  }

  #begin(): PhoneState {
    const { path } = this;
    return new PhoneState(path, this.context.ambient.random.fork(path), this.plan.push);
  }

  get keys(): Keyring {
    const { state } = this;
    state.keys ??= new Keyring(this);
    return state.keys;
  }

  /** What faults do to its keys; made when first needed. */
  get keyTrouble(): KeyTrouble {
    const { state } = this;
    state.keyTrouble ??= new KeyTrouble(this);
    return state.keyTrouble;
  }

  get attestationFault(): AttestationFault | undefined {
    return this.#state?.keyTrouble?.attestation;
  }

  /** Changes whenever others would have to look at its leaf again. */
  get keyStamp(): string {
    const { keyLosses = 0, keyRotations = 0 } = this.#state ?? {};
    const doubt = this.attestationFault ?? '';
    return `${this.path}:${keyLosses}.${keyRotations}${this.isAwaited ? '!' : ''}${doubt}`;
  }

  /** Made when the implementation is told of this device. */
  get appKeys(): AppKeys {
    const { state, context } = this;
    state.appKeys ??= new AppKeys(context.ambient.random.fork(`${this.path}/app`));
    return state.appKeys;
  }

  /** For identification only: the states that it has or had in a group. */
  statesOf(group: string): readonly MlsMember[] {
    // A foreign stack shows no state.
    return this.plan.mls === undefined ? (this.#state?.keys?.statesOf(group) ?? []) : [];
  }

  /** Its keys for iMessage; made when first needed. */
  get imessage(): ImessageKeys {
    const { state } = this;
    state.imessage ??= new ImessageKeys(this);
    return state.imessage;
  }

  imessageKeys(): PublicKeys | undefined {
    if (this.plan.platform !== 'ios' || this.revoked || this.keysAreLost) return undefined;
    const { encryption, signature } = this.imessage.current(this);
    return { encryption: encryption.publicKey, signature: signature.publicKey };
  }

  get keyRotations(): number {
    return this.#state?.keyRotations ?? 0;
  }

  get keysAreLost(): boolean {
    return this.#state?.keysLost ?? false;
  }

  /** Its keys are lost, or it is on its way back by itself: nobody has to add it meanwhile. */
  get isAwaited(): boolean {
    return this.keysAreLost || (this.#state?.comingBack ?? 0) > 0;
  }

  /** How often it has lost its keys: a group made before knows another device. */
  get keyLosses(): number {
    return this.#state?.keyLosses ?? 0;
  }

  get revoked(): boolean {
    return this.#state?.revoked ?? false;
  }

  /** On a network for data: RCS, pushes, pages. */
  get online(): boolean {
    return this.#reachesAny && !this.suffers('roam');
  }

  /** On its carrier's own radio network, for SMS. */
  get onCarrier(): boolean {
    return this.#reachesAny && !this.suffers('airplane-wifi');
  }

  get #reachesAny(): boolean {
    if (!this.plan.online || this.suffers('switched-off')) return false;
    return !this.suffers('offline') && !this.suffers('airplane-mode');
  }

  get lowPower(): boolean {
    return this.plan.power === 'low' || this.suffers('low-power');
  }

  /** The organisation's app is on the phone. */
  get hasApp(): boolean {
    return this.plan.app && !this.suffers('uninstall-app') && !this.revoked;
  }

  /** A force-stopped app gets nothing; iOS still shows the alerts of one that was quit. */
  get appIsStopped(): boolean {
    return this.plan.platform === 'android' && this.suffers('force-quit');
  }

  get holdsSim(): boolean {
    return this.owner.sim === this.plan.id;
  }

  suffers(what: Circumstance): boolean {
    return (this.#state?.suffering(what) ?? 0) > 0;
  }

  reachable(bearer: 'rcs' | 'sms'): boolean {
    if (bearer === 'sms') return this.onCarrier && this.holdsSim;
    return this.online && this.plan.rcs && !this.revoked && !this.suffers('unregistered');
  }

  features(): { readonly rcs: boolean; readonly e2ee: boolean } {
    if (this.revoked || this.suffers('unregistered')) return { rcs: false, e2ee: false };
    return { rcs: this.plan.rcs, e2ee: this.#state?.e2eeNow ?? this.plan.e2ee };
  }

  /** What it can display now, given its own state alone. */
  channels(): Channel[] {
    return this.thief ? [] : channelsOf(this);
  }

  receive(message: BearerMessage, receipts: Receipts): void {
    const { onTheWay } = this.context;
    if (onTheWay === undefined) this.#arrive(message, receipts);
    else onTheWay(this, message, receipts, () => this.#arrive(message, receipts));
  }

  #arrive(message: BearerMessage, receipts: Receipts): void {
    const trouble = this.#state?.keyTrouble;
    if (trouble?.loses(message) === true) return;
    this.take(message, receipts);
    trouble?.arrived(message, receipts);
  }

  /** A message as it came, past what a fault may do to it on the way. */
  take(message: BearerMessage, receipts: Receipts): void {
    if (this.thief && message.content.kind === 'text') return;
    if (message.content.kind === 'text') receiveText(this, message, receipts);
    else receiveCiphertext(this, message, receipts);
  }

  receiveWapPush(push: WapPush, receipts: Receipts): void {
    if (!this.thief) receiveMmsPush(this, push, receipts);
  }

  overhear(message: BearerMessage): void {
    if (message.content.kind === 'mls') overhearCiphertext(this, message);
  }

  /** Made now, so that phones nobody writes to cost nothing. None while keys are lost. */
  claimKeyPackage(
    form: CredentialForm = 'basic',
  ): Promise<ClaimedKeyPackage | undefined> | undefined {
    if (!this.features().e2ee || this.keysAreLost) return undefined;
    return this.keys.claim(form);
  }

  onChange(listener: (change: HandsetChange) => void): void {
    const { state } = this;
    state.listeners ??= [];
    state.listeners.push(listener);
  }

  /** Now, or when the keys it lost are renewed and it is back; never once it is removed. */
  onceItHasKeys(task: () => void): void {
    const { state } = this;
    if (!this.isAwaited) {
      if (!this.revoked) task();
      return;
    }
    state.waitingForKeys ??= [];
    state.waitingForKeys.push(task);
  }

  onPushChange(listener: () => void): void {
    const { state } = this;
    state.pushListeners ??= [];
    state.pushListeners.push(listener);
  }

  receivePush(push: PushDelivery): void {
    receivePush(this, push);
  }

  /** The app's present push token; the first one is made when first asked for. */
  get pushRegistration(): PushRegistration {
    return this.state.registrationOf(this);
  }

  holdsToken(token: string): boolean {
    return (
      this.hasApp && !this.suffers('token-invalid') && this.#state?.registration?.token === token
    );
  }

  begin(what: Circumstance, fault: string): void {
    if (this.state.suffer(what, 1) > 1) return;
    this.tell(WORDING[what].begins, fault);
    this.#announcePush();
  }

  end(what: Circumstance, fault: string): void {
    if (this.state.suffer(what, -1) > 0) return;
    if (what === 'token-invalid' || what === 'uninstall-app') this.state.forgetRegistration();
    this.tell(WORDING[what].ends, fault);
    if (TAKES_NETWORK.has(what) && (this.online || this.onCarrier)) this.#announce('reachable');
    if (what === 'unregistered') this.#announce('capability');
    if (what === 'token-invalid' || what === 'uninstall-app') {
      if (this.hasApp) this.context.registrationChanged(this.path);
    }
    this.#announcePush();
    this.state.releaseDeferred();
  }

  /** Its SIM is in another phone: what waits for the number can be brought there. */
  simTaken(): void {
    this.#announce('reachable');
  }

  /** Wiped: groups and private keys are gone, new ones are registered after `rekeyMicros`. */
  loseKeys(fault: string): void {
    const { state, context } = this;
    state.keysLost = true;
    state.keys?.wipe();
    for (const conversation of state.conversations?.values() ?? []) forget(conversation);
    context.ambient.history.append({ kind: 'mls.lost', device: this.path });
    this.tell('keys-lost', fault);
    this.#announce('keys-lost');
    const loss = ++state.keyLosses;
    context.ambient.clock.after(this.plan.rekeyMicros, () => {
      if (state.keyLosses !== loss || state.revoked) return;
      state.keysLost = false;
      this.tell('keys-renewed', fault);
      this.#announce('keys-renewed');
      comeBack(this, () => {
        if (state.keyLosses !== loss || state.revoked) return;
        const waiting = state.waitingForKeys ?? [];
        state.waitingForKeys = undefined;
        for (const task of waiting) task();
      });
    });
  }

  /** New leaf and packages beside the old ones; the groups go on until they are changed. */
  rotateKeys(fault: string): void {
    const { state } = this;
    if (this.keysAreLost || this.revoked) return;
    state.keyRotations++;
    this.keys.identity.rotate();
    this.keys.packages.renew();
    this.tell('keys-rotated', fault);
    updateConversations(this);
    this.#announce('keys-rotated');
  }

  /** Its attestation changed: everybody who would add it has to know. */
  attestationChanged(fault: string): void {
    this.tell(this.attestationFault === undefined ? 'attested' : 'attestation-failed', fault);
    this.#announce('attestation');
  }

  /** Another OS, another setting: it encrypts from now on, or not; undefined: as planned. */
  setE2ee(now: boolean | undefined, fault: string): void {
    this.state.e2eeNow = now;
    this.tell('capability', fault);
    this.#announce('capability');
  }

  /** Removed from the account. Its MLS state stays: it is fed every later ciphertext. */
  revoke(fault: string): void {
    const { state } = this;
    if (state.revoked) return;
    state.revoked = true;
    this.tell('revoked', fault);
    this.#announce('revoked');
    this.#announcePush();
  }

  /** Writes `device.changed` with what it can display from now on. */
  tell(change: DeviceChange, fault?: string): void {
    const channels = this.channels();
    this.context.ambient.history.append({
      kind: 'device.changed',
      device: this.path,
      person: this.person,
      state: channels.length > 0 ? 'up' : 'down',
      change,
      channels,
      ...(fault !== undefined && { fault }),
    });
  }

  #announce(change: HandsetChange): void {
    for (const listener of this.#state?.listeners ?? []) listener(change);
  }

  #announcePush(): void {
    for (const listener of this.#state?.pushListeners ?? []) listener();
  }
}
