import type { LintCheck, LintRemark } from './check.ts';

export const forbiddenChannel = {
  name: 'forbidden-channel',
  doc: 'An expectation asks for a channel that the policy forbids for that class of message.',
  kind: 'contradiction',
  look: ({ cells }) =>
    cells.flatMap(({ expect, traffic, policy, worldCheck }) =>
      expect.flatMap((one, index): LintRemark[] => {
        if (worldCheck || (one.kind !== 'delivery' && one.kind !== 'latency')) return [];
        const { channel, of, kind } = one;
        const sensitivity = traffic.find(({ name }) => name === of)?.message.sensitivity;
        if (channel === null || sensitivity === undefined) return [];
        if (policy.allowed[sensitivity].includes(channel)) return [];
        return [
          {
            path: ['expect', index, kind, 'channel'],
            message:
              `${of} is ${sensitivity}, ` +
              `which policy ${policy.name} never allows on ${channel}`,
            hint: `Allowed: ${policy.allowed[sensitivity].join(', ')}.`,
          },
        ];
      }),
    ),
} as const satisfies LintCheck;
