/**
 * The calls of Google's generated client for RCS for Business, made by the library that it is
 * generated for (docs/discoveries/rbm-client.md): `googleapis-common`, with the login of
 * `google-auth-library`.
 */
import { JWT } from 'google-auth-library';
import { createAPIRequest } from 'googleapis-common';

type Params = Readonly<Record<string, unknown>>;

export interface RbmReply {
  readonly status: number;
  readonly data: Record<string, unknown>;
}

/** What the library throws. */
export interface RbmFailure {
  readonly status: number;
  readonly code: number | string;
  readonly response: {
    readonly data: {
      readonly error: {
        readonly code: number;
        readonly message: string;
        readonly status: string;
        readonly details?: readonly Record<string, unknown>[];
      };
    };
  };
}

/** The service account's login; its token address is built into the library, so that it is led. */
function login(value: (name: string) => string): JWT {
  const account = JSON.parse(value('serviceAccount')) as Record<string, string>;
  const auth = new JWT({
    email: account['client_email']!,
    key: account['private_key']!,
    scopes: ['https://www.googleapis.com/auth/rcsbusinessmessaging'],
  });
  auth.transporter.interceptors.request.add({
    resolved: async (options) => {
      const { hostname, pathname } = new URL(options.url);
      if (hostname.endsWith('googleapis.com')) options.url = new URL(value('url') + pathname);
      return options;
    },
  });
  return auth;
}

export function rbmClient(value: (name: string) => string, auth: JWT = login(value)) {
  const rootUrl = value('url');
  const agentId = value('agentId');
  const call = (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    params: Params,
    pathParams: readonly string[],
    mediaUrl?: string,
  ): Promise<RbmReply> =>
    createAPIRequest<Record<string, unknown>>({
      options: { url: `${rootUrl}${path}`, method },
      params: { agentId, ...params },
      requiredParams: [...pathParams],
      pathParams: [...pathParams],
      context: { _options: { auth } } as never,
      ...(mediaUrl === undefined ? {} : { mediaUrl: `${rootUrl}${mediaUrl}` }),
    }) as Promise<RbmReply>;
  const of = (number: string) => ({ parent: `phones/${number}` });
  return {
    auth,
    capabilities: (number: string, requestId: string) =>
      call('GET', '/v1/{+name}', { name: `phones/${number}/capabilities`, requestId }, ['name']),
    requestCapabilityCallback: (number: string, requestId: string) =>
      call(
        'POST',
        '/v1/{+name}:requestCapabilityCallback',
        { name: `phones/${number}/capability`, requestBody: { requestId } },
        ['name'],
      ),
    batchGet: (users: readonly string[]) =>
      call('POST', '/v1/users:batchGet', { requestBody: { users, agentId } }, []),
    send: (number: string, messageId: string, requestBody: Params) =>
      call('POST', '/v1/{+parent}/agentMessages', { ...of(number), messageId, requestBody }, [
        'parent',
      ]),
    revoke: (number: string, messageId: string) =>
      call('DELETE', '/v1/{+name}', { name: `phones/${number}/agentMessages/${messageId}` }, [
        'name',
      ]),
    event: (number: string, eventId: string, requestBody: Params) =>
      call('POST', '/v1/{+parent}/agentEvents', { ...of(number), eventId, requestBody }, [
        'parent',
      ]),
    tester: (number: string) =>
      call('POST', '/v1/{+parent}/testers', { ...of(number), requestBody: {} }, ['parent']),
    file: (requestBody: Params) => call('POST', '/v1/files', { requestBody }, []),
    upload: (mimeType: string, body: unknown, requestBody?: Params) =>
      call(
        'POST',
        '/v1/files',
        { media: { mimeType, body }, ...(requestBody === undefined ? {} : { requestBody }) },
        [],
        '/upload/v1/files',
      ),
  };
}

/** What the library throws; fails when it does not. */
export async function failureOf(call: Promise<unknown>): Promise<RbmFailure> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error as RbmFailure,
  );
  if (thrown === undefined) throw new Error('it was not refused');
  return thrown;
}
