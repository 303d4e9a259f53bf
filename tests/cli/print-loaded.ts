/** Preloaded into a command: at its end, prints on stderr what it loaded, a file a line. */
import module from 'node:module';

const loaded: string[] = [];
module.registerHooks({
  load: (url, context, next) => {
    loaded.push(url);
    return next(url, context);
  },
});
// The command ends with nobody listening to `exit`.
const ends = process as unknown as { reallyExit: (code: number) => never };
const { reallyExit } = ends;
ends.reallyExit = (code) => {
  process.stderr.write(`${loaded.join('\n')}\n`);
  return reallyExit.call(process, code);
};
