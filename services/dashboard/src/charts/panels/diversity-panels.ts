import { percent } from '../../../../protocol/common/figures.ts';
import { cssColour, sharesOf } from '../data/shares.ts';
import { countedIn, type Kinds, type Survey } from '../data/tables.ts';
import { type Known, OTHERS, type Panel, toldOf } from './panel.ts';

const KINDS = [
  {
    kind: 'species',
    of: (survey: Survey) => survey.species,
    title: 'Species',
    colour: '--chart-green',
  },
  {
    kind: 'lineage',
    of: (survey: Survey) => survey.lineages,
    title: 'Lineages',
    colour: '--chart-blue',
  },
] as const;

/** Shares of the largest species and lineages in their own colours, all others in grey. */
export function sharePanels({ surveys, marked }: Known): Panel[] {
  return KINDS.map(({ kind, of, title }) => {
    const { colours, shares, others } = sharesOf(
      surveys.map(
        ({ survey }) => survey && { kinds: of(survey), population: countedIn(survey, 'size') },
      ),
      marked?.kind === kind ? marked.colour : undefined,
    );
    return {
      id: `${kind}-shares`,
      title,
      unit: 'share of the living',
      ticks: surveys.map(({ tick }) => tick),
      lines: [],
      stack: [
        ...colours.map((colour, i) => ({
          key: cssColour(colour),
          label: cssColour(colour),
          colour: cssColour(colour) as `#${string}`,
          values: shares[i] ?? [],
          marks: { kind, colour },
        })),
        { key: OTHERS, label: 'all others', colour: '--chart-grey' as const, values: others },
      ],
      scale: 'share',
      told: percent,
      isWide: true,
    };
  });
}

const SHANNON_HINT =
  'How many kinds live and how evenly the living are shared among them: −Σ p · ln p, p being the share of a kind. It is 0 where all are of one kind, and grows with more kinds and with more even shares. 10 equally large ones make 2.3, 100 make 4.6, 1,000 make 6.9.';
const LINEAGE_HINT =
  'A species is all creatures of one colour; a child has the colour of its parent until it is mutated. A lineage is all that descends from one founder, whatever their colours.';

/** How many species and lineages live, and how evenly. */
export function diversityPanels({ surveys }: Known): Panel[] {
  const ticks = surveys.map(({ tick }) => tick);
  const lines = (value: (kinds: Kinds) => number) =>
    KINDS.map(({ kind, of, title, colour }) => ({
      key: kind,
      label: title.toLowerCase(),
      colour,
      values: surveys.map(({ survey }) => (survey === undefined ? null : value(of(survey)))),
    }));
  return [
    {
      id: 'distinct',
      title: 'Distinct species and lineages',
      hint: LINEAGE_HINT,
      unit: surveys.some(({ survey }) => survey?.species.isGrouped || survey?.lineages.isGrouped)
        ? 'how many live, those of nearly the same colour as one'
        : 'how many live',
      ticks,
      lines: lines(({ distinct }) => distinct),
      scale: 'magnitudes',
      told: toldOf(''),
    },
    {
      id: 'shannon',
      title: 'Shannon diversity',
      hint: SHANNON_HINT,
      unit: 'nats',
      ticks,
      lines: lines(({ shannon }) => shannon),
      scale: 'zero',
      told: toldOf(''),
    },
  ];
}
