import type { ComponentChildren } from 'preact';

/** Lets a table scroll by itself where it is wider than the page; by keys too. */
export function TableBox({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
    <section class="table-box" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
