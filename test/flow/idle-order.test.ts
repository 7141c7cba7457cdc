import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Idle, IdleOrder, noPlace } from '../../src/flow/idle-order.ts';

class Entry implements Idle<Entry> {
  readonly place = noPlace<Entry>();
}

test('the first is that which was not used longest, whatever is used and taken out', () => {
  const step = fc.record({ entry: fc.nat(5), isDelete: fc.boolean() });
  const check = (steps: { entry: number; isDelete: boolean }[]) => {
    const entries = Array.from({ length: 6 }, () => new Entry());
    const order = new IdleOrder<Entry>();
    let expected: number[] = [];
    for (const { entry: index, isDelete } of steps) {
      const entry = entries[index] as Entry;
      expected = expected.filter((other) => other !== index);
      if (isDelete) order.delete(entry);
      else order.use(entry);
      if (!isDelete) expected.push(index);
      expect(order.size).toBe(expected.length);
      expect(order.first).toBe(entries[expected[0] ?? -1]);
    }
    // Whole in both directions, as it empties in order.
    for (const index of expected) {
      expect(order.first).toBe(entries[index]);
      order.delete(entries[index] as Entry);
    }
    expect(order.first).toBeUndefined();
  };
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), check));
});
