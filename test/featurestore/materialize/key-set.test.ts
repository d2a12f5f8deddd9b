import { expect, it } from "vitest";
import { KeySet } from "../../../src/featurestore/materialize/key-set.ts";

it("holds the keys that were added and no others, however many more there are than it expected", () => {
  const key = (i: number): Uint8Array => Buffer.from(`key ${String(i * 7)}`);
  const set = new KeySet(0);
  for (let i = 0; i < 20_000; i += 2) set.add(key(i));
  for (let i = 0; i < 20_000; i++) if (set.has(key(i)) !== (i % 2 === 0)) expect.fail(`key ${String(i)}`);
  expect(set.has(new Uint8Array())).toBe(false);
  // A view into other bytes is the key that it shows.
  expect(set.has(Buffer.from("a key 14 b").subarray(2, 8))).toBe(true);
});
