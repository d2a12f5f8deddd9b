import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { open } from "../../../src/open.ts";

const day = "2024-03-01T";

it("an event that is known at the load and dated later counts from behind its time on, to the microsecond, until its window has passed", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "tondo-later-"));
  try {
    await writeFile(
      path.join(folder, "shops.tondo"),
      `entity shop (shop: string)
events bookings {
  csv "bookings.csv" known booked
  columns (shop: string, at: timestamp, booked: timestamp)
  at at
}
group shop:trade from bookings by shop { n = count() over 1h }
`,
    );
    const rows = ["11:58", "12:01", "12:12", "12:13"].map((time) => `a,${day}${time}:00Z,${day}11:00:00Z`);
    await writeFile(path.join(folder, "bookings.csv"), `shop,at,booked\n${rows.join("\n")}\n`);
    await using tondo = await open({ folder });
    await tondo.apply();
    await tondo.materialize({ asOf: `${day}12:01:00Z` });
    const features = await tondo.features();
    const counted: unknown[] = [];
    const [loaded, soon] = ["12:01:00", "12:01:00.000001"];
    const moments = [loaded, soon, "12:11:00", "12:12:00", "12:12:00.000001", "12:13:00.000001", "12:59:59"];
    for (const time of [...moments, "13:00:00", "13:04:59", "13:05:00", "13:14:59", "13:15:00"]) {
      const { values } = await features.get(["shop:trade:n"], { shop: "a" }, { at: `${day}${time}Z` });
      counted.push(values["shop:trade:n"].value);
    }
    // The window of an hour begins at a hop of five minutes: that of 12:59 at 11:55, that of 13:00 at 12:00.
    expect(counted).toEqual([1, 2, 2, 2, 3, 4, 4, 3, 3, 2, 2, 0]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
