/** What an implementation is told of a person and their devices, and what templates may name. */
import type { PersonPlan } from '../kernel/plan.ts';
import type { TemplateValues } from '../protocol/template/template.ts';
import type { Owner } from './owner.ts';
import type { Phone } from './phone.ts';

export interface DeviceRegistration {
  readonly id: string;
  readonly platform: 'android' | 'ios';
  readonly os: string;
  readonly pushProvider: 'apns' | 'fcm';
  readonly pushToken: string;
  /** P-256, for content encrypted to the device (RFC 7517). */
  readonly publicKeyJwk: JsonWebKeyP256;
  /** What the app authenticates with. */
  readonly appToken: string;
}

export interface JsonWebKeyP256 {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

export interface Registration {
  readonly recipient: {
    readonly id: string;
    readonly name: string;
    readonly msisdn: string;
    readonly locale: string;
    readonly carrier: string;
    readonly consent: PersonPlan['consent'];
    readonly readReceipts: boolean;
    readonly signInCode: string;
  };
  /** Devices with the organisation's app; the others are unknown to an implementation. */
  readonly devices: readonly DeviceRegistration[];
}

function deviceRegistration(phone: Phone): DeviceRegistration {
  const { plan } = phone;
  return {
    id: plan.id,
    platform: plan.platform,
    os: plan.osVersion,
    pushProvider: plan.push.provider,
    pushToken: phone.pushRegistration.token,
    publicKeyJwk: phone.appKeys.publicJwk,
    appToken: phone.appKeys.appToken,
  };
}

export function registrationOf(owner: Owner): Registration {
  const { id, name, msisdn, locale, carrier, consent, readReceipts } = owner.plan;
  const recipient = { id, name, msisdn, locale, carrier, consent, readReceipts };
  return {
    recipient: { ...recipient, signInCode: owner.signInCode },
    devices: owner.handsets.filter((phone) => phone.hasApp).map(deviceRegistration),
  };
}

/** `{{recipient.…}}` */
export function recipientValues(owner: Owner): TemplateValues {
  const { id, account, name, msisdn, locale, carrier, consent, readReceipts } = owner.plan;
  return {
    'recipient.id': account ?? id,
    'recipient.name': name,
    'recipient.msisdn': msisdn,
    'recipient.locale': locale,
    'recipient.carrier': carrier,
    'recipient.consent.archive': String(consent.archive),
    'recipient.readReceipts': String(readReceipts),
    'recipient.signInCode': owner.signInCode,
  };
}

/** `{{device.…}}` */
export function deviceValues(phone: Phone): TemplateValues {
  const device = deviceRegistration(phone);
  return {
    'device.id': device.id,
    'device.platform': device.platform,
    'device.os': device.os,
    'device.pushProvider': device.pushProvider,
    'device.pushToken': device.pushToken,
    'device.publicKey': JSON.stringify(device.publicKeyJwk),
    'device.appToken': device.appToken,
  };
}
