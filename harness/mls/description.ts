/** implementation.yaml of `role: mls-client`: how to start an MLS stack's gRPC server. */
import { dirname, relative } from 'node:path';
import { z } from 'zod';
import { BellwetherErrors } from '../../simulators/kernel/errors.ts';
import { DESCRIPTION_CODES, descriptionText } from '../implementation/description.ts';
import { diagnose } from '../scenario/diagnose.ts';
import { knownKeys } from '../scenario/known-keys.ts';
import { readSource } from '../scenario/source.ts';

const schema = z.strictObject({
  bellwether: z.literal(1),
  implementation: z.string(),
  version: z.string(),
  summary: z.string().optional(),
  role: z.literal('mls-client'),
  start: z.union([
    z.strictObject({
      /** `${port}` stands for the port that its server has to listen on. */
      command: z.array(z.string()).min(1),
      env: z.record(z.string(), z.string()).optional(),
    }),
    /** `127.0.0.1:50051`, already running. */
    z.strictObject({ grpc: z.string() }),
  ]),
});

export interface StackDescription {
  readonly name: string;
  readonly version: string;
  readonly start:
    | {
        readonly kind: 'command';
        readonly command: readonly string[];
        readonly env: Readonly<Record<string, string>>;
        readonly folder: string;
      }
    | { readonly kind: 'grpc'; readonly address: string };
}

/** Throws BellwetherErrors with positions, or IMPLEMENTATION_UNREADABLE. */
export function loadStackDescription(file: string, workingDirectory: string): StackDescription {
  const shown = relative(workingDirectory, file) || file;
  const { source, problems } = readSource(shown, descriptionText(file, shown));
  if (problems.length > 0) throw new BellwetherErrors(problems);
  const parsed = schema.safeParse(source.value);
  if (!parsed.success) {
    const known = (path: readonly (string | number)[]) => knownKeys(schema, path);
    throw new BellwetherErrors(diagnose(source, parsed.error.issues, known, [], DESCRIPTION_CODES));
  }
  const { implementation: name, version, start } = parsed.data;
  if ('grpc' in start) return { name, version, start: { kind: 'grpc', address: start.grpc } };
  const { command, env = {} } = start;
  return { name, version, start: { kind: 'command', command, env, folder: dirname(file) } };
}
