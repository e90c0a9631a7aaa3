import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { docker } from './containers.ts';

const DECLARATION = /\bENGINE_VERSION = (\d+)/g;

/** Another image with the same content, as any new version is to ECS. */
export async function nextImage(image: string, tag: string): Promise<void> {
  await build(tag, `FROM ${image}\nLABEL version=next\n`);
}

/** The image with the next engine version in its bundles: one that ticks otherwise. */
export async function nextEngineImage(image: string, tag: string): Promise<void> {
  await build(tag, `FROM ${image}\nCOPY app/ ./\n`, async (folder) => {
    const container = await docker('create', image);
    try {
      await docker('cp', `${container}:/app`, path.join(folder, 'app'));
    } finally {
      await docker('rm', container);
    }
    if (raiseEngineVersion(path.join(folder, 'app')) === 0) {
      throw new Error('no bundle of the image declares ENGINE_VERSION');
    }
  });
}

/** In how many bundles it was found. */
function raiseEngineVersion(folder: string): number {
  const changed = readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .map((file) => path.join(folder, file))
    .filter((file) => {
      const text = readFileSync(file, 'utf8');
      const raised = text.replace(
        DECLARATION,
        (_, version) => `ENGINE_VERSION = ${Number(version) + 1}`,
      );
      if (raised !== text) writeFileSync(file, raised);
      return raised !== text;
    });
  return changed.length;
}

async function build(
  tag: string,
  dockerfile: string,
  fill: (folder: string) => Promise<void> = async () => {},
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'colony-image-'));
  try {
    await fill(folder);
    writeFileSync(path.join(folder, 'Dockerfile'), dockerfile);
    await docker('build', '--quiet', '--tag', tag, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
