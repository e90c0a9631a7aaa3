import { encodePng, type RgbImage } from '../../platform/pictures/png.ts';
import { writeResult } from '../terminal/result-file.ts';

/**
 * Writes an image to a PNG file, over one that is there; answers its bytes.
 *
 * @throws CliError if the file cannot be written.
 */
export async function writePng(file: string, image: RgbImage): Promise<number> {
  const png = await encodePng(image);
  await writeResult(file, png);
  return png.byteLength;
}
