/** Preloaded into a command: at its end, prints on stderr what it loaded, a file a line. */
import module from 'node:module';

const loaded: string[] = [];
module.registerHooks({
  load: (url, context, next) => {
    loaded.push(url);
    return next(url, context);
  },
});
process.on('exit', () => process.stderr.write(`${loaded.join('\n')}\n`));
