/**
 * 256 compass headings on integers: 0 is east, 64 south (y grows downwards), 128 west, 192 north.
 */

/** round(1024 · sin(2π · i / 256)) for the first quarter turn, i = 0 to 64. */
const QUARTER_SINE: readonly number[] = [
  0, 25, 50, 75, 100, 125, 150, 175, 200, 224, 249, 273, 297, 321, 345, 369, 392, 415, 438, 460,
  483, 505, 526, 548, 569, 590, 610, 630, 650, 669, 688, 706, 724, 742, 759, 775, 792, 807, 822,
  837, 851, 865, 878, 891, 903, 915, 926, 936, 946, 955, 964, 972, 980, 987, 993, 999, 1004, 1009,
  1013, 1016, 1019, 1021, 1023, 1024, 1024,
];

/** The sine of a heading (taken modulo 256) in 1024ths. */
function sine(heading: number): number {
  const turn = heading & 255;
  const intoHalf = turn & 127;
  const value = QUARTER_SINE[intoHalf <= 64 ? intoHalf : 128 - intoHalf]!;
  return turn < 128 ? value : -value;
}

/** Cells east that a step of some length leads, rounded to the nearest (halves upwards). */
export function stepEast(heading: number, length: number): number {
  return (length * sine(heading + 64) + 512) >> 10;
}

/** Cells south that a step of some length leads, rounded to the nearest (halves upwards). */
export function stepSouth(heading: number, length: number): number {
  return (length * sine(heading) + 512) >> 10;
}
