import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeBeside } from './place.ts';

const page = { width: 1280, height: 720 };
const words = { width: 360, height: 160 };

it('stands below, above, or over the part, as there is room', () => {
  expect(placeBeside({ left: 0, top: 160, width: 1280, height: 240 }, words, page)).toEqual({
    left: 10,
    top: 410,
  });
  expect(placeBeside({ left: 960, top: 450, width: 320, height: 270 }, words, page)).toEqual({
    left: 912,
    top: 280,
  });
  expect(placeBeside({ left: 0, top: 40, width: 1280, height: 660 }, words, page)).toEqual({
    left: 10,
    top: 530,
  });
});

it('is in the window wherever the part is, as long as it has room at all', () => {
  const px = fc.integer({ min: -2000, max: 4000 });
  fc.assert(
    fc.property(px, px, fc.nat(4000), fc.nat(4000), (left, top, width, height) => {
      const at = placeBeside({ left, top, width, height }, words, page);
      expect(at.left).toBeGreaterThanOrEqual(8);
      expect(at.left + words.width).toBeLessThanOrEqual(page.width - 8);
      expect(at.top).toBeGreaterThanOrEqual(8);
      expect(at.top + words.height).toBeLessThanOrEqual(page.height - 8);
    }),
  );
});
