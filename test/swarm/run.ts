import type { Plan } from './draw/plan.ts';
import { withLightHttp } from './network/light-http.ts';
import type { Outcome } from './outcome.ts';
import { Swarm } from './swarm.ts';

export interface RunOptions {
  /** Is given what happens, line by line. @default nobody is */
  onLine?: ((line: string) => void) | undefined;
  /** Node's own requests and responses, which take other turns. @default false */
  hasNodeHttp?: boolean;
}

/** Does one run, which depends on its plan alone. It must be the only work of its thread meanwhile. */
export function runPlan(
  plan: Plan,
  { onLine, hasNodeHttp = false }: RunOptions = {},
): Promise<Outcome> {
  const run = async () => {
    const swarm = new Swarm(plan, onLine);
    // A process ends when nobody handles a rejection.
    const onRejection = (error: unknown) => swarm.rejected(error);
    process.on('unhandledRejection', onRejection);
    try {
      return await swarm.run();
    } finally {
      process.off('unhandledRejection', onRejection);
    }
  };
  return hasNodeHttp ? run() : withLightHttp(run);
}
