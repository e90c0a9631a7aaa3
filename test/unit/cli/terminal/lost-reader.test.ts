import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { endWithReader } from '../../../../services/cli/terminal/lost-reader.ts';

/** The exit codes of a process that runs a command when a stream of its fails. */
function exitsOf(command: string | undefined, stream: 'stdout' | 'stderr', code: string): number[] {
  const exits: number[] = [];
  const process = {
    stdout: new EventEmitter(),
    stderr: new EventEmitter(),
    exit: (exitCode: number) => void exits.push(exitCode),
  };
  endWithReader(process as never, () => command);
  process[stream].emit('error', Object.assign(new Error(code), { code }));
  return exits;
}

test.each(['local', 'proxy'])('%s serves on when nobody reads its output any more', (command) => {
  expect(exitsOf(command, 'stdout', 'EPIPE')).toEqual([]);
  expect(exitsOf(command, 'stderr', 'EPIPE')).toEqual([]);
  expect(exitsOf(command, 'stdout', 'EIO')).toEqual([]);
});

test('a command that prints a result ends well when its reader has seen enough', () => {
  expect(exitsOf('verify', 'stdout', 'EPIPE')).toEqual([0]);
  expect(exitsOf(undefined, 'stdout', 'EPIPE')).toEqual([0]);
});

test('it ends with 2 when its terminal is gone', () => {
  expect(exitsOf('status', 'stderr', 'EIO')).toEqual([2]);
});
