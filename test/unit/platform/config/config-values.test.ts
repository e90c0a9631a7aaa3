import { expect, test } from 'vitest';
import { BACKEND_OPTIONS } from '../../../../services/platform/config/backend-config.ts';
import { COORDINATOR_OPTIONS } from '../../../../services/platform/config/coordinator-config.ts';

/** Names of options that are integers, with their bounds as they are told to people. */
const integers = Object.entries({ ...COORDINATOR_OPTIONS, ...BACKEND_OPTIONS }).flatMap(
  ([name, { kind }]) => {
    const [, min, max] = /^an integer from (\d+) to (\d+)$/.exec(kind.expected) ?? [];
    return min === undefined || max === undefined ? [] : [{ name, kind, min, max }];
  },
);

test.each(integers)('$name takes its bounds, as texts too', ({ kind, min, max }) => {
  for (const bound of [min, max]) {
    expect(kind.schema.parse(bound)).toBe(Number(bound));
    expect(kind.schema.parse(Number(bound))).toBe(Number(bound));
  }
});

test.each(integers)('$name takes nothing beyond its bounds', ({ kind, min, max }) => {
  for (const beyond of [String(Number(min) - 1), `${max}0`, `${max}.5`, `${max}e1`, '']) {
    expect(kind.schema.safeParse(beyond).success, beyond).toBe(false);
  }
});
