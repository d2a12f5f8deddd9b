import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "lmdb";
import { expect, it } from "vitest";
import { PushedMeta } from "../../../../src/featurestore/online/lmdb/pushed-meta.ts";

it("loads of which one cannot tell what counts before are not begun, and push none of before out", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tondo-meta-"));
  const binary = { encoding: "binary", keyEncoding: "binary" } as const;
  const root = open({ path: join(folder, "data.mdb"), ...binary });
  try {
    const meta = new PushedMeta(root.openDB<Uint8Array, Uint8Array>({ name: "meta", ...binary }));
    const loads = ["shop:sales", "shop:visits"].map((group) => ({ group, overlay: "one", layout: "first" }));
    const begin = (at: number): unknown => root.transactionSync(() => [...meta.beginLoads(loads, at, () => undefined)]);
    const moments = (): unknown => loads.map(({ group }) => meta.cuts(group).map(({ at }) => at));
    expect(begin(100)).toEqual([]);
    root.transactionSync(() => {
      meta.addFolded("shop:sales", "one", 200);
    });
    for (let at = 110; at < 130; at++) expect(begin(at)).toEqual([["shop:sales", 200]]);
    expect(moments()).toEqual([[100], [100]]);
    // What was divided there can be told apart.
    expect([begin(100), begin(200)]).toEqual([[], []]);
    expect(moments()).toEqual([
      [100, 200],
      [100, 200],
    ]);
  } finally {
    await root.close();
    await rm(folder, { recursive: true });
  }
});
