import { expect, test } from 'vitest';
import { EMULATOR, ISOLATED, READY_IMAGE, type Templates, templatesOf } from './support/synth.ts';

/** Hashes of assets and of logical ids change for reasons that are not reviewed here. */
function redacted(templates: Templates, stack: keyof Templates): string {
  const { Rules: _, Parameters: __, ...template } = templates[stack].toJSON();
  return `${JSON.stringify(template, null, 2)
    .replace(/\b[0-9a-f]{64}\b/g, 'HASH')
    .replace(/(?<=[A-Za-z])[0-9A-F]{8}(?=["A-Z])/g, '')}\n`;
}

const stacks: (keyof Templates)[] = ['network', 'state', 'api', 'services', 'observability'];

test.each(stacks)('the %s stack is what it was', async (stack) => {
  const templates = templatesOf({ ...READY_IMAGE, alarmEmail: 'keeper@example.org' });
  await expect(redacted(templates, stack)).toMatchFileSnapshot(`snapshots/${stack}.snap`);
});

test('the isolated network is what it was', async () => {
  const templates = templatesOf(ISOLATED);
  await expect(redacted(templates, 'network')).toMatchFileSnapshot(
    'snapshots/network-isolated.snap',
  );
});

test.each(['api', 'services'] as const)('the %s of an emulator is what it was', async (stack) => {
  await expect(redacted(templatesOf(EMULATOR), stack)).toMatchFileSnapshot(
    `snapshots/${stack}-emulator.snap`,
  );
});
