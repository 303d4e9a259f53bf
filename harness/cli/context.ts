/** What a command gets from outside, so that tests drive it in process. */
export interface CliContext {
  readonly stdout: { write(text: string): void; readonly isTTY: boolean; readonly columns: number };
  readonly stderr: { write(text: string): void };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** As typed after `bellwether`, for replay lines. */
  readonly argv: readonly string[];
}

/** Exit codes (design: verdicts). */
export const EXIT = { pass: 0, fail: 1, inconclusive: 2, usage: 3, error: 4 } as const;
