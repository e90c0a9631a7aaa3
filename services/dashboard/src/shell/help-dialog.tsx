import { Dialog } from '../ui/dialog.tsx';
import { isHelpOpen, SHORTCUTS } from './keyboard.ts';

/** What the keys of the page do. */
export function HelpDialog() {
  if (!isHelpOpen.value) return null;
  const close = () => {
    isHelpOpen.value = false;
  };
  return (
    <Dialog title="Keys" onClose={close}>
      {SHORTCUTS.map(({ title, shortcuts }) => (
        <section key={title} class="keys">
          <h3>{title}</h3>
          <dl>
            {shortcuts.map(({ label, text }) => (
              <div key={label}>
                <dt>
                  <kbd>{label}</kbd>
                </dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <p class="hint">
        While the world has the focus, Enter chooses the cell in its middle. While the life of the
        colony has it, the arrow keys look at other ticks, [ and ] at the next event or checkpoint.
        Elsewhere [ and ] go through the stored pictures of the world.
      </p>
    </Dialog>
  );
}
