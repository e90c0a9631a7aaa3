import type { WorldSpec } from '../../../../world/spec/spec.ts';
import type { WorldForm } from './world-form.ts';

interface Preset {
  name: string;
  /** What it sets; the rest of a form stays as it is. */
  world: Pick<WorldSpec, 'width' | 'height' | 'shardSize'>;
}

/** Sizes of worlds to begin with. */
export const PRESETS: readonly Preset[] = [
  {
    name: 'Small',
    world: { width: 500, height: 500, shardSize: 125 },
  },
  {
    name: 'Default',
    world: { width: 2000, height: 1250, shardSize: 250 },
  },
  {
    name: 'Large',
    world: { width: 4000, height: 2500, shardSize: 250 },
  },
  {
    name: 'Huge',
    world: { width: 12_500, height: 8000, shardSize: 500 },
  },
];

export const withPreset = (form: WorldForm, { world }: Preset): WorldForm => ({
  ...form,
  width: String(world.width),
  height: String(world.height),
  shardSize: String(world.shardSize),
});

export const isPreset = (form: WorldForm, { world }: Preset): boolean =>
  form.width === String(world.width) &&
  form.height === String(world.height) &&
  form.shardSize === String(world.shardSize);
