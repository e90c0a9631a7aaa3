/**
 * ⌊a / b⌋ for integers 0 ≤ a < 2^53 and b > 0. No step of it rounds: remainder, difference and
 * the division without remainder are all exact.
 */
export function quotient(a: number, b: number): number {
  return (a - (a % b)) / b;
}

/** ⌊√n⌋ for an integer 0 ≤ n < 2^52, by bisection on exact squares. */
export function integerRoot(n: number): number {
  let low = 0;
  let high = 1;
  while (high * high <= n) high *= 2;
  while (high - low > 1) {
    const middle = quotient(low + high, 2);
    if (middle * middle <= n) low = middle;
    else high = middle;
  }
  return low;
}
