import { parseBytes, TondoError } from "../../../core/index.ts";
import type { Engine } from "../../duckdb/index.ts";

/** What the engine may hold, bytes. */
export async function engineMemory(engine: Engine): Promise<number> {
  const [row] = await engine.rows("select current_setting('memory_limit') as said", "asking for the engine's memory");
  const said = String(row?.["said"]);
  const bytes = parseBytes(said);
  if (bytes === undefined) throw new TondoError("INTERNAL", `the engine's memory is "${said}"`);
  return bytes;
}
