import type { Plan } from './draw/plan.ts';
import { withLightHttp } from './network/light-http.ts';
import type { Outcome } from './outcome.ts';
import { Swarm } from './swarm.ts';

/**
 * Does one run, which depends on its plan alone. It must be the only work of its thread meanwhile.
 *
 * @param onLine is given what happens, line by line.
 */
export function runPlan(plan: Plan, onLine?: (line: string) => void): Promise<Outcome> {
  return withLightHttp(async () => {
    const swarm = new Swarm(plan, onLine);
    // A process ends when nobody handles a rejection.
    const onRejection = (error: unknown) => swarm.rejected(error);
    process.on('unhandledRejection', onRejection);
    try {
      return await swarm.run();
    } finally {
      process.off('unhandledRejection', onRejection);
    }
  });
}
