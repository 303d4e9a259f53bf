// Node-RED's settings file. Placeholders are filled in by the harness before the start.
module.exports = {
  userDir: '${work.dir}',
  // Whole: a bare name is looked for in the current folder first.
  flowFile: '${work.dir}/flows.json',
  uiHost: '127.0.0.1',
  uiPort: Number('${port}'),
  // No editor: nobody draws here, and it would be open to everybody.
  httpAdminRoot: false,
  // Where the Twilio node looks for its account when its own settings name none.
  twilio: {
    account: '${gateway.twilio.accountSid}',
    authtoken: '${gateway.twilio.authToken}',
    from: '${gateway.twilio.phoneNumber}',
  },
  logging: { console: { level: 'info', metrics: false, audit: false } },
};
