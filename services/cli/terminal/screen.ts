import { clearScreenDown, moveCursor } from 'node:readline';
import { fitTo } from './output.ts';

/** The parts of a terminal that are drawn on; process.stdout is one. */
export type Terminal = NodeJS.WritableStream & { columns?: number; rows?: number };

/**
 * Draws lines over those that it drew before, so that they stand in one place. Lines are cut to the width of the
 * terminal and to its height: what has scrolled away cannot be drawn over.
 */
export function createScreen(terminal: Terminal): (lines: readonly string[]) => void {
  let drawn = 0;
  return (lines) => {
    const shown = lines.slice(0, Math.max(1, (terminal.rows || 24) - 1));
    moveCursor(terminal, 0, -drawn);
    clearScreenDown(terminal);
    terminal.write(shown.map((line) => `${fitTo(terminal.columns, line)}\n`).join(''));
    drawn = shown.length;
  };
}
