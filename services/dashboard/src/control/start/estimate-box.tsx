import { isOnLoopback } from '../../../../protocol/common/loopback.ts';
import { integer } from '../../text/format.ts';
import { estimateTexts } from './estimate.ts';
import * as start from './start.ts';
import { sizesOf, type WorldForm } from './world-form.ts';

/** A colony on this machine has its processors; of one elsewhere a page cannot know. */
const processors = () => (isOnLoopback(location.href) ? navigator.hardwareConcurrency : undefined);

/** What the world of the form takes and how fast it may be. */
export function Estimate({ form }: { form: WorldForm }) {
  const width = Number(form.width);
  const height = Number(form.height);
  if (sizesOf(form).length === 0) return null;
  const { memory, speed } = estimateTexts({ width, height }, start.startPace.value ?? null, {
    measured: start.measured.value,
    processors: processors(),
  });
  return (
    <dl class="estimate" aria-live="polite">
      <div>
        <dt>Cells</dt>
        <dd>{integer(width * height)}</dd>
      </div>
      <div>
        <dt>Memory of all backends</dt>
        <dd>{memory}</dd>
      </div>
      <div>
        <dt>Speed</dt>
        <dd>{speed}</dd>
      </div>
    </dl>
  );
}
