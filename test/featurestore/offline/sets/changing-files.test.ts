import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { silentProgress, type Progress, TondoError } from "../../../../src/core/index.ts";
import { tondo as command, errorOf } from "../../../cli/run-tondo.ts";
import { type Shop, shopProject, shopRow } from "../shop-project.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await shopProject();
});
beforeEach(async () => {
  await shop.clear();
  await shop.parquet("orders/a.parquet", `select ${order}, 1::bigint as x`);
  await shop.parquet("orders/b.parquet", `select ${order}, 2::bigint as x`);
  await shop.parquet("spare/a.parquet", `select ${order}, 3::bigint as x`);
  await shop.parquet(
    "left.parquet",
    `select timestamp '2024-06-01' as "at", 'r' as store, 'r' as place_store, 'ulm' as place_town, 1.0::double as took, timestamp '2024-06-02' as seen`,
  );
});
afterAll(() => shop.close());

const order = "'r' as store, 'ulm' as town, timestamp '2024-01-01' as happened";
const file = "orders/a.parquet";

/** What somebody else does once: before anything is read of the sources, or between two joins. */
type When = "digested" | "half";

/** A progress that stops the world for a change, as no other time can be told from outside. */
function changing(when: When, change: () => void): Progress {
  let isDone = false;
  const once = (): void => {
    if (isDone) return;
    isDone = true;
    change();
  };
  return {
    ...silentProgress,
    start: () => {
      if (when === "digested") once();
    },
    update: () => {
      if (when === "half") once();
    },
  };
}

describe("a file that changes while a set is made", () => {
  it.each<readonly [string, string, (path: (name: string) => string) => string]>([
    ["replaced by another", file, (path) => `mv '${path("spare/a.parquet")}' '${path(file)}'`],
    [
      "written anew in place, as long and as old",
      file,
      (path) =>
        `touch -r '${path(file)}' '${path("old")}' && cat '${path("spare/a.parquet")}' > '${path(file)}' && touch -r '${path("old")}' '${path(file)}'`,
    ],
    ["longer", file, (path) => `cat '${path("spare/a.parquet")}' >> '${path(file)}'`],
    ["cut", file, (path) => `truncate -s 100 '${path(file)}'`],
    ["gone", file, (path) => `rm '${path(file)}'`],
    ["one more", "orders/c.parquet", (path) => `cp '${path("spare/a.parquet")}' '${path("orders/c.parquet")}'`],
    ["the rows' own", "left.parquet", (path) => `touch '${path("left.parquet")}'`],
    [
      "all of them gone",
      "orders/*.parquet",
      (path) => `rm '${path("orders/a.parquet")}' '${path("orders/b.parquet")}'`,
    ],
  ])("is noticed: %s", async (_, where, change) => {
    for (const when of ["digested", "half"] as const) {
      await copyFile(shop.path("orders/b.parquet"), shop.path("b"));
      await copyFile(shop.path(file), shop.path("a"));
      await copyFile(shop.path("spare/a.parquet"), shop.path("c"));
      const progress = changing(when, () => execFileSync("sh", ["-c", change(shop.path)]));
      await shop.refused(
        "placed",
        { code: "SOURCE_CHANGED", message: /changed while it was read/, where },
        { rows: "left.parquet", progress },
      );
      await rm(shop.path("orders/c.parquet"), { force: true });
      await copyFile(shop.path("a"), shop.path(file));
      await copyFile(shop.path("b"), shop.path("orders/b.parquet"));
      await copyFile(shop.path("c"), shop.path("spare/a.parquet"));
    }
    expect(await shop.slots("placed", { rows: "left.parquet" })).toEqual([[2, 2]]);
  });

  it("as long and as old as before differs in nothing but what it holds", async () => {
    const [was, is] = [await readFile(shop.path(file)), await readFile(shop.path("spare/a.parquet"))];
    expect(is).toHaveLength(was.length);
    expect(is.equals(was)).toBe(false);
  });
});

describe("the command", () => {
  it("says what was wrong, where and what to do, with its code, and leaves nothing", async () => {
    await shop.text("visits/a.csv", "store,happened,n,share,first,since\nr,01/02/2024,7,,,\n");
    const rows = ["--rows", "left.parquet", "--output", "sets/out"];
    const ran = await command(shop.folder, "training-set", "visited", ...rows, "--json");
    expect(ran.code).not.toBe(0);
    expect(errorOf(ran)).toMatchObject({
      code: "SOURCE_UNREADABLE",
      message:
        'source "visits": row 1 behind the header has "01/02/2024" in the column "happened", which is of type timestamp',
      where: shop.path("visits/a.csv"),
      hint: expect.stringContaining("Write a moment") as string,
      details: { column: "happened", row: 1 },
    });
    await writeFile(shop.path(file), "");
    const text = await command(shop.folder, "training-set", "ordered", ...rows);
    expect(text.code).not.toBe(0);
    expect(text.err).toMatch(
      /SOURCE_UNREADABLE[^]*too small to be a Parquet file[^]*orders\/a\.parquet[^]*hint: Check/,
    );
    await rm(shop.path("orders"), { recursive: true });
    const missing = await command(shop.folder, "training-set", "ordered", ...rows, "--json");
    expect(errorOf(missing)).toMatchObject({ code: "SOURCE_MISSING", where: shop.path("orders/*.parquet") });
    expect(await readdir(shop.path("sets")).catch(() => [])).toEqual([]);
  });
});

describe("a full disk", { skip: process.platform !== "linux" || process.getuid?.() !== 0 }, () => {
  /** Does something on a disk of that size. */
  async function onDisk(options: string, work: (disk: string) => Promise<void>): Promise<void> {
    const disk = shop.path("disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", disk]);
    try {
      await work(disk);
    } finally {
      execFileSync("umount", [disk]);
    }
  }

  it("fails at whatever is written when it is full, and leaves nothing", async () => {
    const outcomes: string[] = [];
    for (const size of ["4k", "8k", "12k", "16k", "1m"]) {
      await onDisk(`size=${size}`, async (disk) => {
        const made = await shop.tondo
          .trainingSet({ vector: "ordered", rows: [shopRow], output: `${disk}/out` })
          .catch((error: unknown) => error);
        if (made instanceof TondoError) {
          expect(made).toMatchObject({ code: "IO_FAILED", hint: expect.stringMatching(/room|written/) as string });
          expect(await readdir(disk), size).toEqual([]);
        } else {
          expect(await readdir(disk), size).toEqual(["out"]);
        }
        outcomes.push(made instanceof TondoError ? made.message.replaceAll(shop.folder, "") : "made");
      });
      await rm(shop.path("disk"), { recursive: true });
    }
    expect(outcomes.at(-1)).toBe("made");
    // The file of the rows did not fit once, and the manifest beside it another time.
    expect(outcomes).toContainEqual(expect.stringMatching(/^writing train\.parquet: .*No space left/));
    expect(outcomes).toContainEqual(expect.stringMatching(/ENOSPC: no space left on device, write$/));
  });

  it("of files fails as well", async () => {
    await onDisk("size=1m,nr_inodes=4", async (disk) => {
      await shop.refused("ordered", { code: "IO_FAILED", hint: /room|written/ }, { output: `${disk}/out` });
      expect(await readdir(disk)).toEqual([]);
    });
    await rm(shop.path("disk"), { recursive: true });
  });
});
