/** The published client, led to the simulator by what it offers for that (wire facts §2.6). */
import twilio from 'twilio';

export function twilioClient(
  value: (name: string) => string,
  by: 'token' | 'api-key' = 'token',
  options: ConstructorParameters<typeof twilio.Twilio>[2] = {},
): twilio.Twilio {
  const client =
    by === 'token'
      ? twilio(value('accountSid'), value('authToken'), options)
      : twilio(value('apiKeySid'), value('apiKeySecret'), {
          ...options,
          accountSid: value('accountSid'),
        });
  for (const domain of [client.api, client.messaging, client.content, client.events]) {
    domain.baseUrl = value('url');
  }
  return client;
}

export interface RestError {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly moreInfo: string;
}

/** What the client throws; fails when it does not. */
export async function errorOf(call: Promise<unknown>): Promise<RestError> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error as RestError,
  );
  if (thrown === undefined) throw new Error('it was not refused');
  return thrown;
}
