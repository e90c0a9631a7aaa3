import type { WorldEvent } from '../../world/events/events.ts';
import type { ColonyEvent } from './colony-event.ts';
import { ruleChangeText } from './rule-text.ts';

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
    case 'foodDrop': {
      const { x, y, radiusX, radiusY, amount } = event;
      return `food on a spot: ${signed(amount)} in each cell at ${x}, ${y}, ${radiusX} x ${radiusY} cells round it`;
    }
  }
}

/** A listed event in a few words; of a change of a rule what it does to the world. */
export function listedEventText(event: ColonyEvent): string {
  if (event.cancelled) return `${eventText(event)} (cancelled)`;
  const { before, after } = event;
  if (event.kind !== 'ruleChange' || before === undefined || after === undefined) {
    return eventText(event);
  }
  return `${eventText(event)}: ${ruleChangeText(event.rule, before, after)}`;
}

const signed = (value: number): string => (value > 0 ? `+${value}` : `−${-value}`);
