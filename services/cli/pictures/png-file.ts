import { writeFile } from 'node:fs/promises';
import { encodePng, type RgbImage } from '../../platform/pictures/png.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';

/**
 * Writes an image to a PNG file, over one that is there; answers its bytes.
 *
 * @throws CliError if the file cannot be written.
 */
export async function writePng(file: string, image: RgbImage): Promise<number> {
  const png = await encodePng(image);
  try {
    await writeFile(file, png);
  } catch (error) {
    const reason = (error as Error).message;
    throw new CliError(`${file} cannot be written: ${reason}`, EXIT.usage, error);
  }
  return png.byteLength;
}
