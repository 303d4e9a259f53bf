// The cloud code of an app on Parse Server, as its guide shows it: a function that keeps the text
// and pushes its id. `Parse` is a global there. This file is ours; the server is not.
const master = { useMasterKey: true };

Parse.Cloud.define(
  'notify',
  async ({ params }) => {
    const alert = await new Parse.Object('Alert').save({ text: params.text }, master);
    const push = {
      where: new Parse.Query(Parse.Installation).equalTo('person', params.person),
      // What the adapter makes an APNs notification of.
      data: { alert: 'You have a message', 'mutable-content': 1, message: alert.id },
      // What it hands to FCM as it stands. Without it, `data` arrives as one JSON text.
      rawPayload: { android: { priority: 'high', data: { message: alert.id } } },
    };
    await Parse.Push.send(push, master);
    return alert.id;
  },
  { requireMaster: true },
);
