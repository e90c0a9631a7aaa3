import { colony } from '../state/colony.ts';
import { progressText, recoverySteps } from './cluster-text.ts';

/** How a world that was lost, or is moved, comes to tick again; nothing while it need not. */
export function RecoveryPanel() {
  const recovery = colony.value?.recovery ?? null;
  if (recovery === null) return null;
  const { kind, step, cause, detail, fromTick, tick, toTick } = recovery;
  const steps = recoverySteps(recovery);
  const isMeasured = step === 'replaying' && fromTick !== null && toTick > fromTick;
  return (
    <section class="recovery" aria-labelledby="recovery-title">
      <h2 id="recovery-title">{kind === 'move' ? 'The world is moved' : 'The world recovers'}</h2>
      {cause !== null && <p class="cause">{sentence(cause)}</p>}
      <ol>
        {steps.map(({ text, isNow }) => (
          <li key={text} aria-current={isNow ? 'step' : undefined}>
            {text}
          </li>
        ))}
      </ol>
      {/* Read out at each step, not at each tick. */}
      <p class="unseen" role="status">
        {steps.find(({ isNow }) => isNow)?.text}
      </p>
      <progress
        aria-label="What is done of it"
        {...(isMeasured && { max: toTick - fromTick, value: (tick ?? fromTick) - fromTick })}
      />
      <p id="recovery-progress">{sentence(progressText(recovery))}</p>
      {detail !== null && detail !== cause && <p class="hint">{sentence(detail)}</p>}
    </section>
  );
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
