import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Raw } from "../../../../../src/dsl/index.ts";
import { Engine } from "../../../../../src/featurestore/duckdb/index.ts";
import {
  compareRaw,
  TieOrder,
  type TiedPassing,
} from "../../../../../src/featurestore/offline/joins/sweep/tie-order.ts";
import type { Passing } from "../../../../../src/featurestore/offline/joins/sweep/window-sweep.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 602_214);

interface Event {
  readonly key: number;
  readonly moment: number;
  readonly asks: number;
  readonly at: number;
  readonly text: string | null;
  readonly x: number;
  readonly until: number;
}

function stretch(events: readonly Event[]): TiedPassing {
  const numbers = (of: (event: Event) => number): Float64Array => Float64Array.from(events, of);
  const x = numbers((event) => event.x);
  return {
    rows: events.length,
    key: numbers(({ key }) => key),
    moment: numbers(({ moment }) => moment),
    asks: numbers(({ asks }) => asks),
    at: numbers(({ at }) => at),
    until: numbers(({ until }) => until),
    inputs: [x],
    wheres: [],
    // The first is an input, as where it is the very column.
    ties: [x, events.map(({ text }): Raw => text)],
  };
}

const event = fc.record({
  key: fc.integer({ min: 0, max: 1 }),
  moment: fc.integer({ min: 0, max: 2 }),
  asks: fc.constantFrom(0, 0, 0, 0, 1),
  at: fc.integer({ min: 0, max: 1 }),
  text: fc.constantFrom(null, "", "a", "b", "\u{10000}", "\uFFFD"),
  x: fc.constantFrom(Number.NaN, -1, 0, 2),
});

describe("the order of ties", () => {
  it("is that of the columns that tell events apart, wherever the stretches end", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 24 }), fc.array(fc.integer({ min: 1, max: 6 })), (given, cuts) => {
        const passing = given
          .map((one, i) => ({ ...one, until: i }))
          .sort((a, b) => a.key - b.key || a.moment - b.moment || a.asks - b.asks || a.at - b.at);
        const order = new TieOrder();
        const found: [number, number, number, number, number, Raw, number][] = [];
        const note = (out: Passing | undefined): void => {
          for (let i = 0; i < (out?.rows ?? 0); i++)
            found.push([
              ...[out?.key, out?.moment, out?.asks, out?.at].map((column) => column?.[i] ?? -9),
              out?.inputs[0]?.[i] ?? null,
              out?.until?.[i] ?? -9,
            ] as never);
        };
        for (let at = 0, c = 0; at < passing.length; c++) {
          const n = cuts[c] ?? passing.length;
          note(order.take(stretch(passing.slice(at, at + n))));
          at += n;
        }
        note(order.finish());
        const missingFirst = (a: number, b: number): number =>
          (Number.isNaN(a) ? -1e9 : a) - (Number.isNaN(b) ? -1e9 : b);
        const expected = [...passing].sort(
          (a, b) =>
            a.key - b.key ||
            a.moment - b.moment ||
            a.asks - b.asks ||
            a.at - b.at ||
            (a.asks !== 0
              ? 0
              : missingFirst(a.x, b.x) ||
                Number(a.text !== null) - Number(b.text !== null) ||
                Buffer.compare(Buffer.from(a.text ?? ""), Buffer.from(b.text ?? ""))),
        );
        expect(found).toEqual(expected.map(({ key, moment, asks, at, x, until }) => [key, moment, asks, at, x, until]));
      }),
      { seed, numRuns: 400 },
    );
  });

  it("is the engine's own, for values of every kind", async () => {
    const engine = await Engine.open({ threads: 1 });
    try {
      const kinds: readonly (readonly [string, readonly Raw[], (value: Raw) => string])[] = [
        ["double", [null, -1e300, -0.5, 0, 1, 1e300], String],
        ["bigint", [null, -9007199254740993n, -1, 0, 9007199254740991, 9007199254740993n], String],
        [
          "varchar",
          [null, "", "\u0000", "Z", "a", "a\u0000", "ab", "é", "\uD7FF", "\uE000", "\uFFFD", "\u{10000}", "\u{10FFFF}"],
          (value) => `'${String(value).replaceAll("\u0000", "' || chr(0) || '")}'`,
        ],
        ["double[]", [null, [], [-1], [1], [1, -5], [1, 2], [2]], (value) => `[${(value as number[]).join(", ")}]`],
        [
          "varchar[]",
          [null, [], [""], ["a"], ["a", ""], ["\uE000"], ["\u{10000}"]],
          (value) => `[${(value as string[]).map((text) => `'${text}'`).join(", ")}]`,
        ],
      ];
      for (const [type, values, literal] of kinds) {
        const rows = values.map((value, i) => `(${String(i)}, (${value === null ? "null" : literal(value)})::${type})`);
        const sorted = await engine.rows(
          `select i::double as i from (values ${rows.join(", ")}) v(i, x) order by x is not null, x`,
          "sorting",
        );
        const ours = [...values.keys()].sort((a, b) => compareRaw(values[a] ?? null, values[b] ?? null));
        expect(ours, type).toEqual(sorted.map(({ i }) => i));
        // As given they ascend: the engine had to say so, too.
        expect(ours, type).toEqual([...values.keys()]);
      }
    } finally {
      engine.close();
    }
  });
});
