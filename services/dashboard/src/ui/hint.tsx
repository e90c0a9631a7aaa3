import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import './hint.css';

/** The widest that an explanation gets, and how far it stays from the edges of the window. */
const WIDTH_PX = 300;
const EDGE_PX = 8;

interface HintProps {
  /** What is explained. */
  about: string;
  text: string;
}

/** A sign behind a word that explains it: by pointer, by touch, by keys, and to those who have the page read out. */
export function Hint({ about, text }: HintProps) {
  const id = useId();
  const sign = useRef<HTMLButtonElement>(null);
  const place = useSignal<{ left: string; top?: string; bottom?: string } | undefined>(undefined);
  const open = () => {
    const box = sign.current?.getBoundingClientRect();
    if (box === undefined) return;
    const left = Math.max(EDGE_PX, Math.min(box.left, innerWidth - WIDTH_PX - EDGE_PX));
    const isLow = box.bottom > innerHeight / 2;
    place.value = {
      left: `${left}px`,
      ...(isLow ? { bottom: `${innerHeight - box.top + 4}px` } : { top: `${box.bottom + 4}px` }),
    };
  };
  const close = () => {
    place.value = undefined;
  };
  return (
    <span class="hint-sign">
      <button
        ref={sign}
        type="button"
        class="plain"
        aria-label={`What is ${about}?`}
        aria-describedby={id}
        onMouseEnter={open}
        onMouseLeave={close}
        onFocus={open}
        onBlur={close}
        onClick={open}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || place.value === undefined) return;
          event.preventDefault();
          close();
        }}
      >
        <span aria-hidden="true">?</span>
      </button>
      <span
        id={id}
        role="tooltip"
        hidden={place.value === undefined}
        style={place.value && { ...place.value, width: `${WIDTH_PX}px` }}
      >
        {text}
      </span>
    </span>
  );
}
