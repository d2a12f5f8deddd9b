import { TondoError } from "../../../core/index.ts";
import type { Engine } from "../../duckdb/index.ts";

const units: Readonly<Record<string, number>> = {
  bytes: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** What the engine may hold, bytes. */
export async function engineMemory(engine: Engine): Promise<number> {
  const [row] = await engine.rows("select current_setting('memory_limit') as said", "asking for the engine's memory");
  const said = String(row?.["said"]);
  const [, number = "", unit = ""] = /^([\d.]+) (\w+)$/.exec(said) ?? [];
  const bytes = Number(number) * (units[unit] ?? Number.NaN);
  if (!(bytes > 0)) throw new TondoError("INTERNAL", `the engine's memory is "${said}"`);
  return bytes;
}
