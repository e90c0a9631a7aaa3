import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES, RULE_BOUNDS, RULE_NAMES } from '../../../services/world/spec/rules.ts';
import published from '../../vectors/world.json' with { type: 'json' };

const page = readFileSync(new URL('../../../docs/simulation.md', import.meta.url), 'utf8');

describe('docs/simulation.md', () => {
  it('quotes the published digests', () => {
    const quoted = page.match(/\b[0-9a-f]{16}\b/g) ?? [];
    const digests = published.worlds.flatMap((world) => world.states.map((state) => state.digest));
    expect(quoted.length).toBeGreaterThan(0);
    expect(quoted.filter((digest) => !digests.includes(digest))).toEqual([]);
  });

  it('lists every rule with its default and its bounds', () => {
    for (const name of RULE_NAMES) {
      const [least, greatest] = RULE_BOUNDS[name];
      expect(page).toContain(`| ${name} | ${DEFAULT_RULES[name]} | ${least} | ${greatest} |`);
    }
  });
});
