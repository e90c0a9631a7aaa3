import { describe, expect, it } from 'vitest';
import { parcelBytes, viewParcel } from '../../../../services/world/cells/cell-parcel.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a parcel of cells', () => {
  it('has raster behind raster, in each field behind field, little-endian', () => {
    const plans = [
      { width: 1, height: 1 },
      { width: 2, height: 1 },
    ];
    const { message: bytes, rasters } = viewParcel(new ArrayBuffer(60), 4, plans);
    expect(bytes.byteLength).toBe(48);
    rasters[0]?.traits.fill(3);
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
    expect(hex(bytes)).toBe(
      '00000000000000000000000000000003' +
        '03020100fdfeff00' +
        'ccbbaa00cdbbaa00' +
        '22112311' +
        '55445644' +
        '77667866' +
        '3334' +
        '0203',
    );
  });

  it('has what decides apart from what merely goes along, each filled up to whole words', () => {
    const one = { width: 1, height: 1 };
    const plans = [
      { ...one, fields: 'state' },
      { ...one, fields: 'descent' },
    ] as const;
    const { message: bytes, rasters } = viewParcel(new ArrayBuffer(20), 0, plans);
    const [state, descent] = rasters;
    state?.colour.fill(0x010203);
    state?.food.fill(0x1122);
    state?.health.fill(0x4455);
    state?.size.fill(0x33);
    state?.traits.fill(2);
    descent?.lineage.fill(0xaabbcc);
    descent?.birth.fill(0x6677);
    expect(hex(bytes)).toBe('03020100' + '2211' + '5544' + '33020000' + 'ccbbaa00' + '77660000');
    expect([state?.lineage.length, state?.birth.length]).toEqual([0, 0]);
    expect([descent?.colour.length, descent?.size.length]).toEqual([0, 0]);
  });

  it('has no bytes where there are no cells', () => {
    expect(parcelBytes([])).toBe(0);
    expect(parcelBytes([{ width: 0, height: 9 }])).toBe(0);
    expect(viewParcel(new ArrayBuffer(0), 0, []).rasters).toEqual([]);
  });

  it('is refused where there are too few bytes', () => {
    const plans = [{ width: 3, height: 2 }];
    expect(() => viewParcel(new ArrayBuffer(100), 8, plans)).toThrow(RangeError);
  });
});
