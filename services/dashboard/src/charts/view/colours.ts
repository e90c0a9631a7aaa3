import type { Colour } from '../panels/panel.ts';

/** Colours of the style sheet as a canvas takes them, for the theme that is shown. */
export interface Palette {
  of(colour: Colour): string;
  /** The same, seen through: 0 is not there, 1 is whole. */
  pale(colour: Colour, opacity: number): string;
}

/** @param host an element that the style sheet's colours apply to */
export function paletteOf(host: HTMLElement): Palette {
  const known = new Map<string, string>();
  // A custom property is text that may name two schemes; what it comes to only a property of the page tells.
  const probe = document.createElement('span');
  const of = (colour: Colour): string => {
    if (colour.startsWith('#')) return colour;
    let found = known.get(colour);
    if (found === undefined) {
      host.append(probe);
      probe.style.color = `var(${colour})`;
      found = getComputedStyle(probe).color;
      probe.remove();
      known.set(colour, found);
    }
    return found;
  };
  return {
    of,
    pale(colour, opacity) {
      const whole = of(colour);
      const rgb = whole.startsWith('#')
        ? [1, 3, 5].map((at) => Number.parseInt(whole.slice(at, at + 2), 16))
        : (whole.match(/[\d.]+/g) ?? []).slice(0, 3);
      return `rgb(${rgb.join(' ')} / ${opacity})`;
    },
  };
}
