import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { type ErrorCode, TondoError } from "../../../src/core/index.ts";
import { Engine, type LeftRow, type TrainingSetOptions } from "../../../src/featurestore/index.ts";
import { open, type Tondo } from "../../../src/open.ts";

/** One source of files of each format, whose columns are declared: whatever the files are, the definitions are right. */
export const shopDefinitions = `
entity store (store: string)
entity place (store: string, town: string)

events orders {
  parquet "orders/*.parquet"
  columns (store: string, town: string, happened: timestamp, x: int)
  at happened
}

events visits {
  csv "visits/*.csv"
  columns (store: string, happened: timestamp, n: int, share: float, first: bool, since: date)
  at happened
}

group store:orders from orders by store {
  n = count() over 400d
  sum = sum(x) over 400d
}

group store:times from orders by store { n = count() over 400d }

group place:orders from orders by store, town { n = count() over 400d }

group store:visits from visits by store {
  n = sum(n) over 400d
  share = last(share) over 400d
  first = last(if(first, 1, 0)) over 400d
  since = last(year(since)) over 400d
}

vector ordered {
  key store
  n = @store:orders:n
  sum = @store:orders:sum
  label took: float known seen
}

vector counted {
  key store
  n = @store:times:n
  label took: float known seen
}

vector placed {
  key store: store, place: place
  n = @store:orders:n
  at_place = @place:orders:n
  label took: float known seen
}

vector visited {
  key store
  n = @store:visits:n
  share = @store:visits:share
  first = @store:visits:first
  since = @store:visits:since
  label took: float known seen
}
`;

/** What an error shall be. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message?: RegExp;
  /** The end of the file's path. */
  readonly where?: string;
  readonly hint?: RegExp;
}

/** A project to be spoilt. */
export interface Shop {
  readonly folder: string;
  readonly tondo: Tondo;
  readonly engine: Engine;
  readonly path: (name: string) => string;
  /** Writes the rows of a query as Parquet. */
  readonly parquet: (name: string, sql: string) => Promise<void>;
  readonly text: (name: string, content: string | Buffer) => Promise<void>;
  /** Takes all data away. */
  readonly clear: () => Promise<void>;
  /** Makes a set and reads its training rows, the columns of the vector's slots. */
  readonly slots: (vector: string, more?: ShopCall) => Promise<readonly (readonly unknown[])[]>;
  /** Fails with that error and leaves nothing in the folder of the output. */
  readonly refused: (vector: string, refusal: Refusal, more?: ShopCall) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What else is said of a set; by default {@link shopRows} ask. */
export type ShopCall = Partial<Pick<TrainingSetOptions, "rows" | "output" | "carry" | "progress" | "cutoff">>;

/** A row that asks. */
export const shopRow: LeftRow = { at: "2024-06-01T00:00:00Z", store: "r", took: 1, seen: new Date("2024-06-02") };

/** Makes the project and applies it. */
export async function shopProject(): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-shop-"));
  await writeFile(join(folder, "shop.tondo"), shopDefinitions);
  const engine = await Engine.open({ threads: 1 });
  const tondo = await open({ folder, engine: { threads: 1 } });
  await tondo.apply();
  const path = (name: string): string => join(folder, name);
  const beside = async (name: string): Promise<string> => {
    await mkdir(dirname(path(name)), { recursive: true });
    return path(name);
  };
  const make = (vector: string, more: ShopCall): ReturnType<Tondo["trainingSet"]> =>
    tondo.trainingSet({ rows: [shopRow], output: "sets/out", ...more, vector });
  return {
    ...{ folder, tondo, engine, path },
    parquet: async (name, sql) =>
      engine.run(`copy (${sql}) to '${await beside(name)}' (format parquet)`, "writing rows"),
    text: async (name, content) => writeFile(await beside(name), content),
    clear: async () => {
      for (const name of await readdir(folder))
        if (name !== "shop.tondo" && name !== ".tondo") await rm(path(name), { recursive: true, force: true });
    },
    slots: async (vector, more = {}) => {
      const { folder: output, manifest } = await make(vector, more);
      try {
        const names = manifest.columns.filter(({ role }) => role === "slot").map(({ name }) => `"${name}"`);
        const rows = await engine.rows(
          `select ${names.join(", ")} from read_parquet('${join(output, "train.parquet")}')`,
          "reading back",
        );
        return rows.map((row) =>
          Object.values(row).map((value) => (typeof value === "bigint" ? Number(value) : value)),
        );
      } finally {
        await rm(output, { recursive: true });
      }
    },
    refused: async (vector, { code, message, where, hint }, more = {}) => {
      const error = await make(vector, more).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(TondoError);
      const told = error as TondoError;
      expect(told).toMatchObject({ code });
      if (message !== undefined) expect(told.message).toMatch(message);
      if (where !== undefined) expect(told.where).toBe(path(where));
      expect(told.hint ?? "").toMatch(hint ?? /\w/);
      expect(await readdir(path("sets")).catch(() => [])).toEqual([]);
    },
    close: async () => {
      engine.close();
      await tondo.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
