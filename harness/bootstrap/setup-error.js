/**
 * Set-up that cannot go on: one sentence for the person, and exit 4, since neither the reader's
 * files nor the implementation under test is to blame.
 */
export class SetupError extends Error {
  /** @param {string} message What failed, with what, and what to do. */
  constructor(message) {
    super(message);
    this.name = 'SetupError';
  }
}

/** The exit code of a failed set-up (`docs/verdicts.md`: the harness or its environment). */
export const SETUP_FAILED_EXIT_CODE = 4;

/**
 * Runs one of the two commands and ends the process with its exit code.
 * @param {() => Promise<number>} command
 * @returns {Promise<void>}
 */
export const endWith = async (command) => {
  try {
    process.exitCode = await command();
  } catch (error) {
    const stack = error instanceof Error ? error.stack : String(error);
    const said = error instanceof SetupError ? error.message : `an error of its own: ${stack}`;
    process.stderr.write(`bellwether: ${said}\n`);
    process.exitCode = SETUP_FAILED_EXIT_CODE;
  }
};
