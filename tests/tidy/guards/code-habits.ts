import { parseSync, Visitor } from 'oxc-parser';
import { codeOf, isWithin, lineOf } from '../project.ts';
import type { Complaint, Guard, ProjectFile } from '../project.ts';

/** Tools that read a default export from their configuration. */
const configFiles = /(^|\/)[a-z-]+\.config\.(ts|js|mjs)$/;

/** Default exports. */
export const defaultExports: Guard = {
  promise: 'no module has a default export, so that a thing has one name everywhere',
  check: (project) =>
    codeOf(project)
      .filter(({ path }) => !configFiles.test(path))
      .flatMap(({ path, text }) =>
        parseSync(path, text)
          .module.staticExports.filter((one) =>
            one.entries.some(
              ({ exportName }) => exportName.kind === 'Default' || exportName.name === 'default',
            ),
          )
          .map(({ start }) => ({ path, line: lineOf(text, start), say: 'has a default export' })),
      ),
};

/** `new Map()` and the like with nothing in it: at the top of a module it can only be a store. */
const emptyStore = /^(new (Map|Set|WeakMap|WeakSet|Array)(<.*>)?\(\)|\[\])$/s;

const topLevelState = ({ path, text }: ProjectFile): Complaint[] =>
  parseSync(path, text).program.body.flatMap((statement): Complaint[] => {
    const declared =
      statement.type === 'ExportNamedDeclaration' && statement.declaration !== null
        ? statement.declaration
        : statement;
    if (declared.type !== 'VariableDeclaration') return [];
    const line = lineOf(text, declared.start);
    if (declared.kind === 'let' || declared.kind === 'var') {
      return [{ path, line, say: `has a top-level ${declared.kind}` }];
    }
    return declared.declarations
      .filter(({ init }) => init !== null && emptyStore.test(text.slice(init.start, init.end)))
      .map(() => ({ path, line, say: 'keeps a store that outlives every run of it' }));
  });

/** Module-level state. */
export const moduleState: Guard = {
  promise: 'no module keeps state of its own, so that one run cannot see another',
  check: (project) =>
    codeOf(project)
      .filter(({ path }) => !isWithin(path, 'tests'))
      .flatMap(topLevelState),
};

const openNote = /\b(TODO|FIXME|XXX|HACK)\b(?!\([a-z][\w-]*\))/;
const focusable = new Set(['describe', 'it', 'test', 'suite', 'bench']);

const leftoversIn = (file: ProjectFile): Complaint[] => {
  const { path, text } = file;
  const found: Complaint[] = [];
  const add = (offset: number, say: string): void => {
    found.push({ path, line: lineOf(text, offset), say });
  };
  const { program, comments } = parseSync(path, text);
  for (const { value, start } of comments) {
    const note = openNote.exec(value)?.[1];
    if (note !== undefined) add(start, `has a ${note} without an owner`);
  }
  new Visitor({
    DebuggerStatement: ({ start }) => add(start, 'has a debugger statement'),
    MemberExpression: (node) => {
      if (node.object.type !== 'Identifier' || node.property.type !== 'Identifier') return;
      const { name: object } = node.object;
      const { name: property } = node.property;
      if (focusable.has(object) && property === 'only') add(node.start, `has ${object}.only`);
      if (object === 'console' && !isWithin(path, 'examples')) add(node.start, 'uses console');
    },
  }).visit(program);
  return found;
};

/** Leftovers. */
export const leftovers: Guard = {
  promise: 'nothing is left over: no debugger, focused test, console or ownerless TODO',
  check: (project) => codeOf(project).flatMap(leftoversIn),
};
