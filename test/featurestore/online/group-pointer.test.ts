import { describe, expect, it } from "vitest";
import {
  decodePointer,
  earlierPointer,
  encodePointer,
  type GroupPointer,
  nextGeneration,
  overlayOf,
} from "../../../src/featurestore/online/group-pointer.ts";
import { pointerTo } from "../../conformance/pointer.ts";
import { sampleProject } from "./sample-project.ts";

const rolledBack = { from: 5, at: 993038402000000, by: "ops" };
const first = pointerTo(1, { confirmed: 993038409000000 });
const second = pointerTo(2, { previous: 1, before: earlierPointer(first), rolledBack });

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe("a group's pointer", () => {
  it("comes back from its bytes, with the one before it, also as earlier programs wrote it", () => {
    expect(decodePointer(encodePointer(second))).toEqual(second);
    const { before: _before, ...old } = second;
    expect(decodePointer(encodePointer(old))).toEqual(old);
  });

  it("is kept by the next one without its own past", () => {
    expect(earlierPointer(second)).toEqual(pointerTo(2, { rolledBack }));
    expect(earlierPointer(first)).toEqual(first);
  });

  it("names other overlays for other sources, keys and times", () => {
    const [departures, traffic] = sampleProject.groups;
    const [flights] = sampleProject.sources;
    if (departures === undefined || traffic === undefined || flights === undefined) throw new Error("no sample");
    const overlays = [
      overlayOf(departures, flights),
      overlayOf(traffic, flights),
      overlayOf(departures, { ...flights, name: "moved" }),
      overlayOf(departures, { ...flights, at: { node: "column", type: "timestamp?", name: "landed" } }),
    ];
    expect(new Set(overlays).size).toBe(overlays.length);
    expect(overlayOf(departures, { ...flights, columns: {} })).toBe(overlays[0]);
  });

  it("is followed by a number that was never current", () => {
    expect(nextGeneration(undefined)).toBe(1);
    expect(nextGeneration(first)).toBe(2);
    expect(nextGeneration(second)).toBe(6);
    expect(nextGeneration({ ...second, generation: 9 })).toBe(10);
  });

  it.each<[string, Partial<Record<keyof GroupPointer, unknown>>]>([
    ["no layout before", { before: { ...first, layout: undefined } }],
    ["no pointer before", { before: null }],
    ["a text before", { before: "1" }],
    ["no number it was gone back from", { rolledBack: { ...rolledBack, from: "5" } }],
    ["no moment", { asOf: null }],
  ])("is damaged where it has %s", (_what, rest) => {
    expect(() => decodePointer(bytesOf({ ...second, ...rest }))).toThrow(
      expect.objectContaining({ code: "STORE_CORRUPT" }),
    );
  });
});
