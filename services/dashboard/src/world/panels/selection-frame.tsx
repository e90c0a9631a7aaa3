import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { worldSpec } from '../../state/colony.ts';
import { selectedCell } from '../../state/selection.ts';
import { camera, screen } from '../live/seen.ts';
import { pointOf } from '../view/camera.ts';

/** A cell from afar is framed as large as can be seen, in CSS pixels. */
const SIDE_LEAST_PX = 14;

/** A frame around the cell that is selected, moved without a new page for each picture. */
export function SelectionFrame() {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      effect(() => {
        const element = frame.current;
        const [seen, world, size] = [camera.value, worldSpec.value, screen.value];
        const cell = selectedCell.value;
        if (element === null) return;
        const isShown = seen !== undefined && world !== undefined && size !== undefined;
        element.hidden = !isShown || cell === undefined;
        if (!isShown || cell === undefined) return;
        const { x, y } = pointOf(seen, world, size, cell);
        const side = Math.max(SIDE_LEAST_PX, seen.scale + 4);
        const inset = (seen.scale - side) / 2;
        element.style.width = `${side}px`;
        element.style.height = `${side}px`;
        element.style.transform = `translate(${x + inset}px, ${y + inset}px)`;
      }),
    [],
  );
  return <div ref={frame} class="selection-frame" hidden />;
}
