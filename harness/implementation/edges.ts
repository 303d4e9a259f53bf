import type { ImplementationEdges } from '../../simulators/world.ts';
import type { DescriptionDoc } from './description-schema.ts';

type Fields = Readonly<Record<string, string | number | boolean>>;

function texts(fields: Fields | undefined): { headers: Record<string, string> } | undefined {
  if (fields === undefined) return undefined;
  return {
    headers: Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)])),
  };
}

/** The blocks `callbacks`, `app` and `link` as the world's phones and gateways need them. */
export function edgesOf(doc: DescriptionDoc, baseUrl: string): ImplementationEdges {
  const { app, link } = doc;
  return {
    baseUrl,
    callbacks: Object.fromEntries(
      Object.entries(doc.callbacks ?? {}).map(([gateway, callback]) => [
        gateway,
        {
          path: callback.path,
          ...(callback.inbound === undefined ? {} : { inbound: callback.inbound }),
          ...(callback.clientToken === undefined ? {} : { clientToken: callback.clientToken }),
          ...(callback.public === undefined ? {} : { public: callback.public }),
        },
      ]),
    ),
    ...(app === undefined
      ? {}
      : {
          app: {
            push: {
              ...(app.push.apns === undefined ? {} : { apns: app.push.apns }),
              ...(app.push.fcm === undefined ? {} : { fcm: app.push.fcm }),
            },
            ...(app.fetch === undefined
              ? {}
              : {
                  fetch: {
                    ...(app.fetch.method === undefined ? {} : { method: app.fetch.method }),
                    path: app.fetch.path,
                    ...texts(app.fetch.headers),
                    text: app.fetch.text,
                    ...(app.fetch.attachment === undefined
                      ? {}
                      : { attachment: app.fetch.attachment }),
                  },
                }),
            ...(app.decrypt === undefined ? {} : { decrypt: app.decrypt }),
            ...(app.inbox === undefined
              ? {}
              : {
                  inbox: {
                    path: app.inbox.path,
                    ...texts(app.inbox.headers),
                    items: app.inbox.items,
                  },
                }),
            ...(app.receipt === undefined
              ? {}
              : {
                  receipt: {
                    ...(app.receipt.method === undefined ? {} : { method: app.receipt.method }),
                    path: app.receipt.path,
                    ...texts(app.receipt.headers),
                    ...(app.receipt.body === undefined ? {} : { body: app.receipt.body }),
                  },
                }),
          },
        }),
    ...(link === undefined
      ? {}
      : {
          link: {
            hosts: link.hosts,
            ...(link['sign-in'] === undefined
              ? {}
              : {
                  signIn: {
                    fields: Object.fromEntries(
                      Object.entries(link['sign-in'].fields).map(([k, v]) => [k, String(v)]),
                    ),
                  },
                }),
          },
        }),
  };
}
