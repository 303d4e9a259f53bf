/**
 * `process.exit` of a module would end the harness, with an exit code of the module's choosing and
 * no verdict. It is the end of the module alone.
 */

/** Thrown where a module exits, so that nothing of it runs on from there. */
export class ModuleExit extends Error {
  /** Of a process that ends itself so. */
  readonly code: number;

  constructor(code: number) {
    super(`process.exit(${code})`);
    this.name = 'ModuleExit';
    this.code = code;
  }
}

/** Tells each exit until the returned function is called. */
export function watchExits(exited: (exit: ModuleExit) => void): () => void {
  const own = process.exit;
  process.exit = (code) => {
    const exit = new ModuleExit(Number(code ?? process.exitCode ?? 0));
    exited(exit);
    throw exit;
  };
  return () => {
    process.exit = own;
  };
}
