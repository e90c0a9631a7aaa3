import { LAYERS, type Layer } from '../../../world/measuring/layers.ts';
import type { Cell, Mark } from './selection.ts';

const TABS = ['world', 'charts', 'cluster'] as const;
export type Tab = (typeof TABS)[number];

/** What part of the world is looked at. */
interface Place {
  /** The centre in cells; may lie between cells. */
  x: number;
  y: number;
  /** Screen pixels per cell. */
  scale: number;
}

/**
 * What of the colony's life is shown. Without `from` it begins with the life, without `to` it ends with the newest tick
 * and follows it. A negative `from` is so many ticks before the end.
 */
export interface RangeChoice {
  from: number | undefined;
  to: number | undefined;
}

/** What the address of the page keeps; what is left out is as at the first visit. */
export interface UrlState {
  tab: Tab;
  layer: Layer;
  /** undefined: the whole world. */
  place: Place | undefined;
  range: RangeChoice;
  /** A tick of the past that is looked at; undefined: now. */
  tick: number | undefined;
  cell: Cell | undefined;
  /** Whether the view follows the creature that is selected. */
  follow: boolean;
  mark: Mark | undefined;
}

const INTEGER = /^\d{1,10}$/;
const SIGNED = /^-?\d{1,10}$/;
const DECIMAL = /^-?\d{1,10}(\.\d{1,10})?$/;

const numberIn = (text: string | null, pattern: RegExp): number | undefined =>
  text !== null && pattern.test(text) ? Number(text) : undefined;

/** @param hash of an address, with or without `#`; what makes no sense in it is left out. */
export function readUrlState(hash: string): UrlState {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const decimal = (name: string) => numberIn(query.get(name), DECIMAL);
  const [x, y, scale] = [decimal('x'), decimal('y'), decimal('scale')];
  const hasPlace = x !== undefined && y !== undefined && scale !== undefined && scale > 0;
  return {
    tab: TABS.find((name) => name === query.get('tab')) ?? 'world',
    layer: LAYERS.find((name) => name === query.get('layer')) ?? 'colour',
    place: hasPlace ? { x, y, scale } : undefined,
    range: readRange(query),
    tick: numberIn(query.get('tick'), INTEGER),
    cell: readCell(query.get('cell')),
    follow: query.get('follow') === '1',
    mark: readMark(query.get('mark')),
  };
}

function readRange(query: URLSearchParams): RangeChoice {
  const from = numberIn(query.get('from'), SIGNED);
  const to = numberIn(query.get('to'), INTEGER);
  const isBackwards = from !== undefined && to !== undefined && from > to;
  return isBackwards ? { from: undefined, to: undefined } : { from, to };
}

function readCell(text: string | null): Cell | undefined {
  const [, x, y] = /^(\d{1,5}),(\d{1,5})$/.exec(text ?? '') ?? [];
  return x === undefined || y === undefined ? undefined : { x: Number(x), y: Number(y) };
}

function readMark(text: string | null): Mark | undefined {
  const [, kind, colour] = /^(species|lineage)-([0-9a-f]{6})$/.exec(text ?? '') ?? [];
  if (kind === undefined || colour === undefined) return undefined;
  return { kind: kind as Mark['kind'], colour: Number.parseInt(colour, 16) };
}

/** @returns '' if all is as at the first visit, else beginning with `#`. */
export function writeUrlState(state: UrlState): string {
  const { tab, layer, place, range, tick, cell, follow, mark } = state;
  const parts: string[] = [];
  const add = (name: string, value: string | number) => parts.push(`${name}=${value}`);
  if (tab !== 'world') add('tab', tab);
  if (layer !== 'colour') add('layer', layer);
  if (place !== undefined) {
    add('x', shortened(place.x, 2));
    add('y', shortened(place.y, 2));
    add('scale', shortened(place.scale, 4));
  }
  if (range.from !== undefined) add('from', range.from);
  if (range.to !== undefined) add('to', range.to);
  if (tick !== undefined) add('tick', tick);
  if (cell !== undefined) add('cell', `${cell.x},${cell.y}`);
  if (follow) add('follow', 1);
  if (mark !== undefined) add('mark', `${mark.kind}-${mark.colour.toString(16).padStart(6, '0')}`);
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

const shortened = (value: number, digits: number): string => String(Number(value.toFixed(digits)));
