import { computed, effect, signal } from '@preact/signals';
import { lookupTable } from '../../../../protocol/pictures/palette.ts';
import type { Layer } from '../../../../world/measuring/layers.ts';
import { DEFAULT_RULES, type Rules } from '../../../../world/spec/rules.ts';
import { fetchTopology } from '../../api/world-client.ts';
import { colony, worldSpec } from '../../state/colony.ts';

const rulesText = computed(() =>
  JSON.stringify(colony.value?.rules ?? worldSpec.value?.rules ?? DEFAULT_RULES),
);
/** The rules in force, the same object as long as they are the same. */
export const rules = computed<Rules>(() => JSON.parse(rulesText.value));

let lastPalette: { layer: Layer; rules: Rules; table: Uint32Array<ArrayBuffer> } | undefined;

/** The colours of a layer under the rules in force, the same array as long as they are the same. */
export function palette(layer: Layer): Uint32Array<ArrayBuffer> {
  const present = rules.peek();
  if (lastPalette?.layer !== layer || lastPalette.rules !== present) {
    lastPalette = { layer, rules: present, table: lookupTable(layer, present) };
  }
  return lastPalette.table;
}

const topologyText = computed(() =>
  worldSpec.value === undefined
    ? ''
    : `${colony.value?.colonyInstanceId}/${colony.value?.topologyVersion}`,
);

/** The names of the backends, by the numbers that cells have of them. */
export const backendNames = signal<readonly string[]>([]);

/** Keeps the names of the backends new, until the function it returns is called. */
export const followTopology = (): (() => void) =>
  effect(() => {
    const wanted = topologyText.value;
    if (wanted === '') return;
    void fetchTopology().then(
      (topology) => {
        if (wanted !== topologyText.peek() || topology.status !== 'initialized') return;
        backendNames.value = topology.backends.map(({ id }) => id);
      },
      // Numbers stand for the names; the state of the connection is told by others.
      () => undefined,
    );
  });
