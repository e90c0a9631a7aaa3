import { describe, expect, it } from 'vitest';
import { parcelBytes, viewParcel } from '../../../services/world/cell-parcel.ts';

describe('a parcel of cells', () => {
  it('has raster behind raster, in each field behind field, little-endian', () => {
    const sizes = [
      { width: 1, height: 1 },
      { width: 2, height: 1 },
    ];
    const { bytes, rasters } = viewParcel(new ArrayBuffer(60), 4, sizes);
    expect(bytes.byteLength).toBe(48);
    rasters[0]?.lineage.fill(0x010203);
    const raster = rasters[1]!;
    for (const [i, colour] of [0x010203, 0xfffefd].entries()) {
      raster.food[i] = 0x1122 + i;
      raster.size[i] = 0x33 + i;
      raster.traits[i] = 2 + i;
      raster.health[i] = 0x4455 + i;
      raster.birth[i] = 0x6677 + i;
      raster.colour[i] = colour;
      raster.lineage[i] = 0xaabbcc + i;
    }
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '00000000000000000000000003020100' +
        '22112311' +
        '3334' +
        '0203' +
        '55445644' +
        '77667866' +
        '03020100fdfeff00' +
        'ccbbaa00cdbbaa00',
    );
  });

  it('has no bytes where there are no cells', () => {
    expect(parcelBytes([])).toBe(0);
    expect(parcelBytes([{ width: 0, height: 9 }])).toBe(0);
    expect(viewParcel(new ArrayBuffer(0), 0, []).rasters).toEqual([]);
  });

  it('is refused where there are too few bytes', () => {
    const sizes = [{ width: 3, height: 2 }];
    expect(() => viewParcel(new ArrayBuffer(100), 8, sizes)).toThrow(RangeError);
  });
});
