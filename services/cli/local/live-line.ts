import type { ColonyView } from '../../protocol/api/public-api.ts';
import { grouped, rateText } from '../colony/status-text.ts';

/** The line that `colony local` keeps drawing: tick, ticks/s, population, phase. */
export function liveLine(view: ColonyView): string {
  const { tick, ticksPerSecond, statistics, phase, phaseDetail, backends } = view;
  if (view.status !== 'TopographyInitialized' || tick === null) {
    return phaseDetail === null ? phase : `${phase}: ${phaseDetail}`;
  }
  const { achieved, asked } = ticksPerSecond;
  const population = statistics?.values['population'];
  const parts = [
    `tick ${grouped(tick)}`,
    `${achieved === null ? '–' : rateText(achieved)}${asked === null ? '' : ` of ${asked}`} ticks/s`,
    `population ${population === undefined ? '–' : grouped(population)}`,
    `${backends.length} ${backends.length === 1 ? 'backend' : 'backends'}`,
    phaseDetail === null || phase === 'Ticking' ? phase : `${phase}: ${phaseDetail}`,
  ];
  return parts.join(' · ');
}
