/** One fault of a scenario, checked against its row in the registry. */
import { z } from 'zod';
import type { FaultEntry, FaultParameter } from '../../simulators/kernel/fault-entry.ts';
import { faultCommonShape } from './schema.ts';
import { duration, durationRange, rateOrZero, share } from './units.ts';

function parameterType(parameter: FaultParameter): z.ZodType {
  switch (parameter.type) {
    case 'duration':
      return duration;
    case 'rate':
      return rateOrZero;
    case 'share':
      return share;
    case 'count':
      return z.int().min(0);
    case 'word':
      return z.enum(parameter.words as [string, ...string[]]);
    case 'distribution':
      return durationRange;
    case 'target':
      return z.string();
  }
}

/** The shape of `{ outage: carrier/northtel/rcs, during: …, mode: … }`. */
export function faultSchema(entry: FaultEntry): z.ZodObject {
  const parameters = Object.entries(entry.params).map(([name, parameter]) => {
    const type = parameterType(parameter);
    return [name, parameter.default === undefined ? type : type.optional()] as const;
  });
  return z.strictObject({
    [entry.name]: z.string(),
    ...faultCommonShape,
    ...Object.fromEntries(parameters),
  });
}
