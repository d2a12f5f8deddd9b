import { mkdir, readFile, writeFile } from "node:fs/promises";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import type { ErasableLog, ErasedKey } from "../../../src/featurestore/erase/index.ts";
import { erasedKey } from "../../../src/featurestore/erase/erased-key.ts";
import { servedErasure } from "../../../src/featurestore/served/index.ts";
import { lasting } from "../../featurestore/served/read-served.ts";
import { wideVector } from "../../featurestore/served/wide-vector.ts";
import { acknowledge } from "../point.ts";
import type { Work } from "../work.ts";
import { compactingPoints, logAnswers, publicIds, sealingPoints, servedAt } from "./served-home.ts";

type Logged = Awaited<ReturnType<typeof logAnswers>>;

async function logged(home: string): Promise<Logged> {
  return JSON.parse(await readFile(`${home}/logged.json`, "utf8")) as Logged;
}

const hasKey = ({ shop }: Logged[number]): boolean => shop !== null;

/** The key of the first answer that has one, and what removes it from the log. */
async function keyOf(home: string, engine: Engine): Promise<{ readonly key: ErasedKey; readonly log: ErasableLog }> {
  const first = (await logged(home)).find(hasKey);
  const project = { ...wideVector, vectors: [] };
  const key = erasedKey(project, "shop", first?.shop as number);
  return {
    key,
    log: servedErasure({
      home,
      openEngine: () => Promise.resolve(lasting(engine)),
      log: undefined,
      pii: undefined,
    }),
  };
}

/** A key is erased from public files, and from a journal that nobody has sealed. */
export const eraseServed: Work = {
  name: "erase-served",
  points: [...sealingPoints, "make the folder of journals", ...compactingPoints],
  prepare: async (home, seed, engine) => {
    await mkdir(home, { recursive: true });
    const before = await logAnswers(home, seed);
    await servedAt(home, engine).compact();
    const all = [...before, ...(await logAnswers(home, seed))];
    await writeFile(`${home}/logged.json`, JSON.stringify(all));
  },
  run: async (home) => {
    const engine = await Engine.open({ threads: 1 });
    const { key, log } = await keyOf(home, engine);
    await log.erase(key);
    acknowledge("erased");
    engine.close();
  },
  check: async (home, _seed, acknowledged, engine) => {
    const { key, log } = await keyOf(home, engine);
    const all = await logged(home);
    const erased = all.find(hasKey)?.shop;
    const others = all.filter(({ shop }) => shop !== erased).map(({ id }) => id);
    if (acknowledged.length > 0 && (await log.scan(key)) > 0) throw new Error("it is found, and was erased");
    // No row is there twice, also before what was begun is finished.
    await publicIds(home, engine);
    await log.erase(key);
    if ((await log.scan(key)) > 0) throw new Error("it is still found");
    const found = await publicIds(home, engine);
    const lost = others.filter((id) => !found.has(id));
    if (lost.length > 0 || found.size !== others.length)
      throw new Error(
        `of ${String(others.length)} rows of other keys ${String(lost.length)} are lost, ${String(found.size)} are there`,
      );
  },
};
