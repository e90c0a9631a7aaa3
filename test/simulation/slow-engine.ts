import type { Engine } from '../../services/kernel/engine.ts';
import type { Step, WorkerPool } from '../../services/kernel/worker-pool.ts';
import type { Clock } from '../../services/platform/runtime/clock.ts';

/** An engine whose ticks take virtual time, so that a world without a pace has a speed. */
export function slowEngine(engine: Engine, clock: Clock, tickMs: number): Engine {
  return overriding(engine, {
    createPool: (...args: Parameters<Engine['createPool']>) => {
      const pool = engine.createPool(...args);
      return overriding<WorkerPool>(pool, {
        step: async (step: Step) => {
          await clock.sleep((step.ticks ?? 1) * tickMs);
          return pool.step(step);
        },
      });
    },
  });
}

/** The object with some of its methods replaced; the others keep their `this`. */
function overriding<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name);
      const member = Reflect.get(target, name, target) as unknown;
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
