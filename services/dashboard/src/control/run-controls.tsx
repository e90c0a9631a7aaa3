import { colony } from '../state/colony.ts';
import * as format from '../text/format.ts';
import * as run from './run.ts';
import './control.css';

const PACES = [1, 5, 15, 30, 60, 120, 240];
const STEPS = [1, 10, 100, 1000];
const UNLIMITED = 'unlimited';
const TO_A_TICK = 'to';

/** Pause, resume, step and pace. */
export function RunControls() {
  const stands = run.stands.value;
  return (
    <fieldset class="controls" aria-label="Run">
      <button
        type="button"
        class={stands ? 'run primary' : 'run'}
        title={stands ? 'Resume (space)' : 'Pause (space)'}
        disabled={!run.canRun.value}
        onClick={run.pauseOrResume}
      >
        {stands ? 'Resume' : 'Pause'}
      </button>
      <span class="joined">
        <button
          type="button"
          title={run.canStep.value ? 'Do some ticks (.)' : 'Do some ticks while paused (.)'}
          disabled={!run.canStep.value}
          onClick={run.step}
        >
          Step
        </button>
        <select
          aria-label="Ticks per step"
          value={run.stepTo.value === undefined ? run.stepTicks.value : TO_A_TICK}
          onChange={({ currentTarget: { value } }) => {
            if (value === TO_A_TICK) run.stepTo.value = '';
            else {
              run.stepTo.value = undefined;
              run.stepTicks.value = Number(value);
            }
          }}
        >
          {STEPS.map((ticks) => (
            <option key={ticks} value={ticks}>
              {format.integer(ticks)} {ticks === 1 ? 'tick' : 'ticks'}
            </option>
          ))}
          <option value={TO_A_TICK}>to tick…</option>
        </select>
        {run.stepTo.value !== undefined && <StepTarget text={run.stepTo.value} />}
      </span>
      <Pace />
    </fieldset>
  );
}

/** The tick that a step goes to; the world stands there. */
function StepTarget({ text }: { text: string }) {
  const tick = colony.value?.tick ?? 0;
  return (
    <input
      type="number"
      class="step-target"
      aria-label="Tick to step to"
      title="The world runs to this tick and stands there"
      min={tick + 1}
      placeholder={String(tick + 1)}
      value={text}
      onInput={({ currentTarget }) => {
        run.stepTo.value = currentTarget.value;
      }}
      onKeyDown={({ key }) => {
        if (key === 'Enter') run.step();
      }}
    />
  );
}

function Pace() {
  const asked = colony.value?.ticksPerSecond.asked;
  const paces = [...new Set([...PACES, ...(typeof asked === 'number' ? [asked] : [])])];
  return (
    <label class="pace">
      <span>Pace</span>
      <select
        title="Ticks per second that are asked for"
        disabled={!run.canRun.value}
        value={asked === null || asked === undefined ? UNLIMITED : String(asked)}
        onChange={({ currentTarget: { value } }) =>
          run.setPace(value === UNLIMITED ? null : Number(value))
        }
      >
        {paces
          .sort((a, b) => a - b)
          .map((pace) => (
            <option key={pace} value={String(pace)}>
              {pace} ticks/s
            </option>
          ))}
        <option value={UNLIMITED}>unlimited</option>
      </select>
    </label>
  );
}
