import type { WorldEvent } from '../../world/events/events.ts';
import type { ColonyEvent } from './colony-event.ts';

/** An event in a few words, for people. */
function eventText(event: WorldEvent): string {
  switch (event.kind) {
    case 'createCreature': {
      const { x, y, radiusX, radiusY, size, canKill, canMove, colour } = event;
      const traits = [canKill ? 'kills' : '', canMove ? 'moves' : ''].filter((trait) => trait);
      const what = [`size ${size}`, ...traits].join(', ');
      const mark = `#${colour.toString(16).padStart(6, '0')}`;
      return `new species ${mark} (${what}) at ${x}, ${y}, ${radiusX} x ${radiusY} cells round it`;
    }
    case 'extraFood':
      return `food that grows: ${signed(event.amount)} everywhere`;
    case 'ruleChange':
      return `rule ${event.rule} ${signed(event.percent)} %`;
    case 'newTopography':
      return 'new topography';
    case 'extinction':
      return 'extinction on half of the tiles';
  }
}

/** A listed event in a few words. */
export const listedEventText = ({ cancelled, ...event }: ColonyEvent): string =>
  cancelled ? `${eventText(event)} (cancelled)` : eventText(event);

const signed = (value: number): string => (value > 0 ? `+${value}` : `−${-value}`);
