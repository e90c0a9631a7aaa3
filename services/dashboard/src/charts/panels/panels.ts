import { birthsAndDeathsPanel, deedsPanel } from './change-panels.ts';
import { diversityPanels, sharePanels } from './diversity-panels.ts';
import type { Known, Panel } from './panel.ts';
import { populationPanel } from './population-panel.ts';
import { growingPanel, meanPanels } from './trait-panels.ts';

/** All charts of what is stored, in their order. Pure. */
export const panelsOf = (known: Known): Panel[] => [
  populationPanel(known),
  birthsAndDeathsPanel(known),
  deedsPanel(known),
  ...meanPanels(known),
  growingPanel(known),
  ...diversityPanels(known),
  ...sharePanels(known),
];
