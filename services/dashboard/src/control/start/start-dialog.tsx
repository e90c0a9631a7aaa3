import { WORLD_BOUNDS } from '../../../../world/spec/spec.ts';
import { colony } from '../../state/colony.ts';
import { integer } from '../../text/format.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, NumberField, SelectField } from '../../ui/field.tsx';
import { closeDialog, openDialog } from '../dialogs.ts';
import { canStart } from '../run.ts';
import { Estimate } from './estimate-box.tsx';
import { isPreset, PRESETS, withPreset } from './presets.ts';
import { RuleFields } from './rule-fields.tsx';
import * as start from './start.ts';
import { formOf, sizesOf, type WorldForm, withShardSize } from './world-form.ts';
import './start-dialog.css';

const PACES = [1, 15, 60, 240];

/** The world that is to be made: size, seed, rules, events and pace. */
export function StartDialog() {
  const form = start.worldForm.value;
  if (openDialog.value !== 'start' || form === undefined) return null;
  return (
    <Dialog title="A new world" onClose={closeDialog} wide>
      <form
        class="start-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void start.submitWorld();
        }}
      >
        <Presets form={form} />
        <Sides form={form} />
        <Chance form={form} />
        <RuleFields form={form} problems={start.worldProblems.value} />
        <footer class="dialog-foot">
          <Estimate form={form} />
          {start.refusedText.value !== undefined && (
            <p class="refused" role="alert">
              {start.refusedText.value}
            </p>
          )}
          {!canStart.value && <p class="hint">{waitingText()}</p>}
          <button type="button" onClick={closeDialog}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={!start.canSubmit.value}>
            Start this world
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function waitingText(): string {
  const { status, phase } = colony.value ?? {};
  if (phase === 'Stopping') return 'The last world is being cleared away…';
  return status === 'NotInitialized' ? '' : 'Another world is there already.';
}

function Presets({ form }: { form: WorldForm }) {
  const configured = colony.value?.defaultSpec;
  return (
    <fieldset class="presets">
      <legend>Begin with</legend>
      {configured !== undefined && (
        <button
          type="button"
          aria-pressed={JSON.stringify(formOf(configured)) === JSON.stringify(form)}
          onClick={() => start.changeWorld(formOf(configured))}
        >
          As configured
          <small>{cellsText(configured)}</small>
        </button>
      )}
      {PRESETS.map((preset) => (
        <button
          key={preset.name}
          type="button"
          aria-pressed={isPreset(form, preset)}
          onClick={() => start.changeWorld(withPreset(form, preset))}
        >
          {preset.name}
          <small>{cellsText(preset.world)}</small>
        </button>
      ))}
    </fieldset>
  );
}

const cellsText = ({ width, height }: { width: number; height: number }) =>
  `${integer(width)} × ${integer(height)}`;

function Sides({ form }: { form: WorldForm }) {
  const problems = start.worldProblems.value;
  const change = (side: Partial<WorldForm>) =>
    start.changeWorld(withShardSize({ ...form, ...side }));
  const sizes = sizesOf(form);
  const shards = (size: number) => (Number(form.width) / size) * (Number(form.height) / size);
  return (
    <fieldset class="fields">
      <legend>Size in cells</legend>
      <NumberField
        id="width"
        label="Width"
        bounds={WORLD_BOUNDS.width}
        value={form.width}
        problem={problems['width']}
        onInput={(width) => change({ width })}
      />
      <NumberField
        id="height"
        label="Height"
        bounds={WORLD_BOUNDS.height}
        value={form.height}
        problem={problems['height']}
        onInput={(height) => change({ height })}
      />
      <SelectField
        id="shard-size"
        label="Shard side"
        hint="The world is cut into squares that backends share."
        problem={problems['shardSize']}
        value={form.shardSize}
        onChange={(shardSize) => change({ shardSize })}
        options={(sizes.length > 0 ? sizes : [Number(form.shardSize)]).map((size) => [
          String(size),
          sizes.length > 0 ? `${integer(size)} (${shardsText(shards(size))})` : integer(size),
        ])}
      />
    </fieldset>
  );
}

const shardsText = (count: number) => `${integer(count)} ${count === 1 ? 'shard' : 'shards'}`;

function Chance({ form }: { form: WorldForm }) {
  const { value: pace } = start.startPace;
  const throwDice = () =>
    start.changeWorld({ seed: String(crypto.getRandomValues(new Uint32Array(1))[0]) });
  return (
    <fieldset class="fields">
      <legend>Chance and pace</legend>
      <NumberField
        id="seed"
        label="Seed"
        hint="The same seed, size and rules give the same life, to the last bit."
        bounds={WORLD_BOUNDS.seed}
        value={form.seed}
        problem={start.worldProblems.value['seed']}
        onInput={(seed) => start.changeWorld({ seed })}
        beside={
          <button
            type="button"
            title="Throw the dice for a seed"
            aria-label="Throw the dice for a seed"
            onClick={throwDice}
          >
            ⚄
          </button>
        }
      />
      <Field
        id="random-events"
        label="Random events"
        hint="New species, floods of food, other rules, new land and extinctions, as the seed throws them."
      >
        <span class="check">
          <input
            id="random-events"
            type="checkbox"
            checked={form.randomEvents}
            aria-describedby="random-events-note"
            onChange={({ currentTarget }) =>
              start.changeWorld({ randomEvents: currentTarget.checked })
            }
          />
          {form.randomEvents ? 'They happen' : 'Only those that you inject'}
        </span>
      </Field>
      <SelectField
        id="start-pace"
        label="Pace"
        value={pace === undefined ? 'configured' : String(pace)}
        onChange={(value) => {
          start.startPace.value =
            value === 'configured' ? undefined : value === 'null' ? null : Number(value);
        }}
        options={[
          ['configured', 'as configured'],
          ...PACES.map((ticks) => [String(ticks), `${ticks} ticks/s`] as const),
          ['null', 'unlimited'],
        ]}
      />
    </fieldset>
  );
}
