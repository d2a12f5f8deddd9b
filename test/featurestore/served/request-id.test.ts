import { expect, it } from "vitest";
import { validate, version } from "uuid";
import { requestId } from "../../../src/featurestore/served/request-id.ts";

it("an id is a UUID of version 7 that begins with its millisecond, and no other", () => {
  const micros = Date.UTC(2026, 10, 22, 12) * 1000 + 999;
  const ids = Array.from({ length: 20_000 }, (_, i) => requestId(micros + i * 1000));
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  expect(ids.map((id) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16))).toEqual(
    ids.map((_, i) => (micros - 999) / 1000 + i),
  );
  expect(new Set(ids.map((id) => id.slice(14))).size).toBe(ids.length);
  // Each of the 122 - 48 bits is as often 0 as it is 1.
  const bits = new Array<number>(80).fill(0);
  for (const id of ids) {
    const tail = BigInt(`0x${id.slice(14).replaceAll("-", "")}`);
    for (let bit = 0; bit < 80; bit++) bits[bit] = (bits[bit] ?? 0) + Number((tail >> BigInt(bit)) & 1n);
  }
  const fixed = bits.flatMap((count, bit) => (Math.abs(count / ids.length - 0.5) > 0.05 ? [bit] : []));
  expect(fixed).toEqual([62, 63, 76, 77, 78, 79]);
});
