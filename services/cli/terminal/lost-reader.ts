import { EXIT } from './exit-codes.ts';

/** Commands that serve others until they are told to end: nobody need read what they print. */
const SERVICES: ReadonlySet<string> = new Set(['local', 'proxy']);

/** The parts of a process that are touched; `process` is one. */
interface Printing {
  stdout: Pick<NodeJS.WritableStream, 'on'>;
  stderr: Pick<NodeJS.WritableStream, 'on'>;
  exit(code: number): void;
}

/**
 * What becomes of a command when whoever reads its output is gone. For one that prints a result, a
 * reader that has seen enough (`| head`) is no failure, and a terminal that is gone is the end. One that serves
 * goes on without the reader.
 *
 * @param running the name of the command that runs by then; undefined before there is one.
 */
export function endWithReader(process: Printing, running: () => string | undefined): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (SERVICES.has(running() ?? '')) return;
      process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.usage);
    });
  }
}
