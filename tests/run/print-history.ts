/** Prints the history of the small cell: in a process of its own, to compare. */
import { play, smallCell } from './small-cell.ts';

process.stdout.write((await play(smallCell())).text);
