import type { FieldProblem } from '../../protocol/json/fields.ts';
import type { Answer, Call } from '../api/answer.ts';
import { ok, refuse } from './answer.ts';
import type { InfobipContext, MadeReport, Routing } from './context.ts';

const MOST = 1_000;
const DEFAULT = 50;

/** The answer, with what its reports say to the sender, as a callback would. */
function tellingOf(made: readonly MadeReport[], json: object): Answer {
  const tells = made.flatMap(({ wire, implies }) =>
    implies === undefined ? [] : { wire, implies },
  );
  return {
    ...ok(
      json,
      made.flatMap(({ meaning }) => meaning),
    ),
    tells,
  };
}

/** Reads the query, refuses what the operation does not have, and hands over filter and limit. */
function pulling(
  api: MadeReport['api'],
  names: readonly string[],
  serve: (context: InfobipContext, fits: (made: MadeReport) => boolean, limit: number) => Answer,
): (context: InfobipContext, routing: Routing) => Call {
  return (context, { request, what }) => ({
    operation: 'query',
    what,
    seen: `${request.path}?${request.query}`,
    serve: () => {
      const query = new URLSearchParams(request.query);
      const problems: FieldProblem[] = [];
      for (const name of query.keys()) {
        if (names.includes(name)) continue;
        problems.push({ field: name, kind: 'unknown', reason: 'is not a field of this request' });
      }
      const limit = Number(query.get('limit') ?? DEFAULT);
      if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
        const reason = `must be an integer between 1 and ${MOST}`;
        problems.push({ field: 'limit', kind: 'invalid', reason });
      }
      if (problems.length > 0) return refuse(400, problems);
      const asked = (name: string): string | undefined => query.get(name) ?? undefined;
      const fits = ({ report, api: of }: MadeReport): boolean =>
        of === api &&
        (asked('bulkId') ?? report.bulkId) === report.bulkId &&
        (asked('messageId') ?? report.messageId) === report.messageId &&
        (asked('sender') ?? report.sender) === report.sender &&
        (asked('destination') ?? report.to) === report.to &&
        (asked('generalStatus') ?? report.status.groupName) === report.status.groupName;
      return serve(context, fits, limit);
    },
  });
}

const REPORT_FIELDS = [
  'bulkId',
  'messageId',
  'limit',
  'entityId',
  'applicationId',
  'campaignReferenceId',
];

type Serve = Parameters<typeof pulling>[2];

/** Each report once. */
const reports: Serve = (context, fits, limit) => {
  const made = context.reports.take(fits, limit);
  return tellingOf(made, { results: made.map(({ report }) => report) });
};

/** GET /rcs/2/reports */
export const pullReports = pulling('rcs', REPORT_FIELDS, reports);
/** GET /sms/3/reports */
export const pullSmsReports = pulling('sms', REPORT_FIELDS, reports);

const LOG_FIELDS = [
  ...REPORT_FIELDS,
  'sender',
  'destination',
  'generalStatus',
  'sentSince',
  'sentUntil',
  'mcc',
  'mnc',
  'useCursor',
  'cursor',
];

/** What became of messages, newest first. */
const logs: Serve = (context, fits, limit) => {
  const made = context.reports.list().filter(fits).slice(0, limit);
  const results = made.map(({ report: { to, channel: _channel, ...report } }) => ({
    ...report,
    destination: to,
  }));
  return tellingOf(made, { results, cursor: { limit, nextCursor: null } });
};

/** GET /rcs/2/logs */
export const pullLogs = pulling('rcs', LOG_FIELDS, logs);
/** GET /sms/3/logs */
export const pullSmsLogs = pulling('sms', LOG_FIELDS, logs);
