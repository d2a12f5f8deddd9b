import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Refusal, type Shop, shopProject } from "../shop-project.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await shopProject();
});
beforeEach(() => shop.clear());
afterAll(() => shop.close());

const header = "store,happened,n,share,first,since";
const plain = "r,2024-01-01T00:00:00Z,7,0.5,true,2020-02-03";
const file = "visits/a.csv";

/** The file of a source with these rows. */
const visits = (...rows: readonly string[]): Promise<void> => shop.text(file, [header, ...rows, ""].join("\n"));

/** What comes of such a source: n, share, first, since. */
async function visited(...rows: readonly string[]): Promise<readonly unknown[]> {
  await visits(...rows);
  const [first = []] = await shop.slots("visited");
  return first;
}

describe("a source in CSV", () => {
  it("is read whatever ends its lines, with a mark at its beginning, empty lines, quotes, or packed", async () => {
    const lines = [header, plain];
    for (const content of [
      lines.join("\n"),
      lines.join("\r\n"),
      lines.join("\r"),
      `\ufeff${lines.join("\n")}\n`,
      `${lines.join("\n")}\n\n\n`,
      '"store","happened","n",share,first,since\r\n"r","2024-01-01T00:00:00Z",7,"0.5","true","2020-02-03"',
    ]) {
      await shop.text(file, content);
      expect(await shop.slots("visited"), JSON.stringify(content)).toEqual([[7, 0.5, 1, 2020]]);
    }
    await shop.text(file, `"two\nlines, ""one"" name",${header}\n"a\nb",${plain}\n`);
    expect(await shop.slots("visited")).toEqual([[7, 0.5, 1, 2020]]);
    const rows = "at,store,took,seen\n2024-06-01T00:00:00Z,r,1,2024-06-02T00:00:00Z\n";
    await shop.text("left.csv.gz", gzipSync(rows));
    await shop.text("left.csv.zst", zstdCompressSync(rows));
    for (const name of ["left.csv.gz", "left.csv.zst"])
      expect(await shop.slots("visited", { rows: name })).toEqual([[7, 0.5, 1, 2020]]);
  });

  it("has moments of any offset, and of none where none has one: then they are UTC", async () => {
    const at = (moment: string, n: number): string => `r,${moment},${String(n)},,,`;
    const [before, after] = ["2024-06-01T00:59:59+01:00", "2024-06-01T00:00:00.000001Z"];
    expect(await visited(at(before, 1), at(after, 10), at("2024-05-31T20:00:00-03:00", 100))).toEqual([
      101,
      null,
      null,
      null,
    ]);
    expect(await visited(at("2024-05-31 23:59:59.999999", 1), at("2024-06-01", 10))).toEqual([1, null, null, null]);
    // The engine takes other signs between the parts of a date.
    expect(
      await visited(at("2024/05/31 23:59:59", 1), at("2024-5-31", 10), at("2024 05 31", 100), at("2024\\05\\31", 1000)),
    ).toEqual([1111, null, null, null]);
    expect(
      await visited(at("2024-06-01 01:00:00 Europe/Berlin", 1), at("2024-06-01 01:59:59 Europe/Berlin", 10)),
    ).toEqual([11, null, null, null]);
    // Before 1970, with more digits than count.
    expect(
      await visited(at("1969-12-31T23:59:59.9999999Z", 1), at("infinity", 10), at("9999-12-31T00:00:00Z", 2)),
    ).toEqual([null, null, null, null]);
  });

  it.each<readonly [string, readonly string[], Refusal]>([
    [
      "a day first",
      ["r,01/02/2024,7,,,"],
      {
        code: "SOURCE_UNREADABLE",
        message:
          /^source "visits": row 1 behind the header has "01\/02\/2024" in the column "happened", which is of type timestamp$/,
        hint: /moment/,
      },
    ],
    [
      "an hour that is none",
      [plain, "r,2024-01-01T25:00:00Z,7,,,"],
      { code: "SOURCE_UNREADABLE", message: /row 2 behind .*25:00/ },
    ],
    ["a word for a moment", ["r,now,7,,,"], { code: "SOURCE_UNREADABLE", message: /"now" in the column "happened"/ }],
    [
      "a quoted nothing for a moment",
      ['r,"",7,,,'],
      { code: "SOURCE_UNREADABLE", message: /"" in the column "happened"/ },
    ],
    [
      "offsets in some rows",
      ["r,2024-01-01T00:00:00Z,7,,,", "r,2024-01-01T00:00:00,7,,,"],
      {
        code: "SOURCE_UNREADABLE",
        message:
          /the column "happened" has moments with an offset, such as "2024-01-01T00:00:00Z", and without, such as "2024-01-01T00:00:00" in row 2 behind the header$/,
        hint: /offset/,
      },
    ],
    [
      "offsets in some rows of dates with slashes",
      ["r,2024/01/01 00:00:00Z,7,,,", "r,2024/01/01 00:00:00,7,,,"],
      { code: "SOURCE_UNREADABLE", message: /with an offset, such as "2024\/01\/01 00:00:00Z", and without/ },
    ],
    [
      "a fraction for an int",
      ["r,2024-01-01T00:00:00Z,1.5,,,"],
      { code: "SOURCE_UNREADABLE", message: /"1.5" in the column "n"/, hint: /whole/ },
    ],
    [
      "an int beyond 64 bits",
      ["r,2024-01-01T00:00:00Z,9223372036854775808,,,"],
      { code: "SOURCE_UNREADABLE", message: /"9223372036854775808"/ },
    ],
    ["an int in base 16", ["r,2024-01-01T00:00:00Z,0x10,,,"], { code: "SOURCE_UNREADABLE", message: /"0x10"/ }],
    [
      "a comma in a number",
      ['r,2024-01-01T00:00:00Z,7,"0,5",,'],
      { code: "SOURCE_UNREADABLE", message: /"0,5" in the column "share"/ },
    ],
    [
      "a truth of no kind",
      ["r,2024-01-01T00:00:00Z,7,,maybe,"],
      { code: "SOURCE_UNREADABLE", message: /"maybe" in the column "first"/ },
    ],
    [
      "a date with its hour",
      ["r,2024-01-01T00:00:00Z,7,,,2020-02-03 10:00:00"],
      { code: "SOURCE_UNREADABLE", message: /10:00:00" in the column "since"/ },
    ],
    [
      "a NUL in a number",
      ["r,2024-01-01T00:00:00Z,7\0,,,"],
      { code: "SOURCE_UNREADABLE", message: /"7\\u0000" in the column "n"/ },
    ],
    [
      "too few cells",
      [plain, "r,2024-01-01T00:00:00Z,7"],
      { code: "SOURCE_UNREADABLE", message: /line 3: Expected Number of Columns: 6 Found: 3/ },
    ],
    [
      "too many cells",
      ["r,2024-01-01T00:00:00Z,7,,,,9"],
      { code: "SOURCE_UNREADABLE", message: /line 2: Expected Number of Columns: 6 Found: 7/ },
    ],
    [
      "a quote that is not closed",
      ['"r,2024-01-01T00:00:00Z,7,,,', plain],
      { code: "SOURCE_UNREADABLE", message: /line 2: .*quote/ },
    ],
    [
      "a line without end",
      [`${plain}${"9".repeat(2_100_000)}`],
      { code: "SOURCE_UNREADABLE", message: /line 2: Maximum line size/ },
    ],
  ])("with %s is refused", async (_, rows, refusal) => {
    await visits(...rows);
    await shop.refused("visited", { ...refusal, where: file });
  });

  it("takes whole numbers in every form of theirs, and makes what is no number missing", async () => {
    expect(await visited("r,2024-01-01T00:00:00Z, 7 ,nan,1,", "r,2024-01-01T00:00:01Z,2.0,inf,,")).toEqual([
      9,
      null,
      1,
      null,
    ]);
    expect(await visited("r,2024-01-01T00:00:00Z,+5,1e3,F,2020-01-01")).toEqual([5, 1000, 0, 2020]);
    expect(await visited("r,2024-01-01T00:00:00Z,-4503599627370497,1e400,,")).toEqual([
      -4503599627370497,
      null,
      null,
      null,
    ]);
    expect(await visited("r\0x,2024-01-01T00:00:00Z,7,,,")).toEqual([null, null, null, null]);
  });

  it.each<readonly [string, string | Buffer, Refusal]>([
    ["nothing", "", { code: "SOURCE_UNREADABLE", message: /no header/ }],
    ["an empty line", "\n", { code: "SOURCE_UNREADABLE", message: /no header/ }],
    ["a mark alone", "\ufeff", { code: "SOURCE_UNREADABLE", message: /no header/ }],
    [
      "semicolons",
      `${header}\n${plain}\n`.replaceAll(",", ";"),
      { code: "SOURCE_CHANGED", message: /no column "(store|n|since|share|first|happened)"/ },
    ],
    ["a column twice", `${header},N\n${plain},8\n`, { code: "SOURCE_CHANGED", message: /more than one column "n"/ }],
    [
      "a name in another case",
      `${header.replace("store", "Store")}\n${plain}\n`,
      { code: "SOURCE_CHANGED", message: /no column "store"/ },
    ],
    [
      "a blank before a name",
      `${header.replace(",n", ", n")}\n${plain}\n`,
      { code: "SOURCE_CHANGED", message: /no column "n"/ },
    ],
    [
      "a title above the names",
      `visits of 2024\n${header}\n${plain}\n`,
      { code: "SOURCE_CHANGED", message: /no column/ },
    ],
    [
      "another encoding",
      Buffer.from(`${header}\n${plain.replace("r", "K\u00f6ln")}\n`, "latin1"),
      { code: "SOURCE_UNREADABLE", message: /no UTF-8/ },
    ],
    [
      "two bytes a letter",
      Buffer.from(`\ufeff${header}\n${plain}\n`, "utf16le"),
      { code: "SOURCE_UNREADABLE", message: /no UTF-8/ },
    ],
    [
      "another encoding far behind",
      Buffer.concat([Buffer.from(`${header}\n${`${plain}\n`.repeat(3000)}`), Buffer.from("K\xf6ln,,,,,\n", "latin1")]),
      { code: "SOURCE_UNREADABLE", message: /line 3002: Invalid unicode/ },
    ],
    [
      "a name that does not end",
      `"${header}\n${plain}\n`,
      { code: "SOURCE_UNREADABLE", message: /quote that is not closed/ },
    ],
    ["a name without end", `"${"x".repeat(1_100_000)}`, { code: "SOURCE_UNREADABLE", message: /longer than 1000000/ }],
    [
      "what is packed and not named so",
      gzipSync(`${header}\n${plain}\n`),
      { code: "SOURCE_UNREADABLE", message: /no UTF-8/, hint: /\.csv\.gz/ },
    ],
  ])("of %s is refused", async (_, content, refusal) => {
    await shop.text(file, content);
    await shop.refused("visited", { ...refusal, where: file });
  });

  it("of a header alone has no rows", async () => {
    expect(await visited()).toEqual([null, null, null, null]);
    await shop.text(file, header);
    expect(await shop.slots("visited")).toEqual([[null, null, null, null]]);
  });

  it("in several files needs one header, and is looked at in all of them", async () => {
    await visits(plain);
    await shop.text("visits/b.csv", `${header}\n${plain}\n`);
    expect(await shop.slots("visited")).toEqual([[14, 0.5, 1, 2020]]);
    await shop.text("visits/c.csv", "happened,store,n,share,first,since\n");
    await shop.refused("visited", {
      code: "SOURCE_CHANGED",
      message: /different headers/,
      where: "visits/c.csv",
      hint: /store,happened/,
    });
    await shop.text("visits/c.csv", `${header}\n${plain}\n${plain.replace("7", "seven")}\n`);
    await shop.refused("visited", {
      code: "SOURCE_UNREADABLE",
      message: /row 2 behind the header has "seven"/,
      where: "visits/c.csv",
    });
    await shop.text("visits/c.csv", `${header}\n${plain.replace("Z", "")}\n`);
    await shop.refused("visited", {
      code: "SOURCE_UNREADABLE",
      message: /without, such as .* in row 1 behind/,
      where: "visits/c.csv",
    });
  });
});

describe("left rows in CSV", () => {
  const names = "at,store,took,seen";
  const good = "2024-06-01T00:00:00Z,r,1,2024-06-02T00:00:00Z";
  beforeEach(() => visits(plain));

  it.each<readonly [string, string | Buffer, Refusal]>([
    [
      "no moment",
      `${names}\n${good}\n,r,1,\n`,
      { code: "ROWS_INVALID", message: /^1 of the training rows has no time/ },
    ],
    [
      "a moment that is none",
      `${names}\n${good}\n01/06/2024,r,1,\n`,
      { code: "ROWS_INVALID", message: /row 2 behind the header has "01\/06\/2024" in the column "at"/ },
    ],
    [
      "two zones",
      `${names}\n${good}\n2024-06-01T00:00:00,r,1,\n`,
      { code: "ROWS_INVALID", message: /"at" has moments with an offset.* and without/ },
    ],
    [
      "a label of another type",
      `${names}\n${good.replace(",1,", ",one,")}\n`,
      { code: "ROWS_INVALID", message: /"one" in the column "took"/ },
    ],
    [
      "a moment of a label that is none",
      `${names}\n${good.replace("06-02", "06-32")}\n`,
      { code: "ROWS_INVALID", message: /06-32.* in the column "seen"/ },
    ],
    ["a moment twice", `${names},AT\n${good},1\n`, { code: "ROWS_INVALID", message: /more than one column "at"/ }],
    [
      "a key that lacks",
      `${names.replace("store", "shop")}\n${good}\n`,
      { code: "ROWS_INVALID", message: /no column "store", a key/ },
    ],
    ["nothing", "", { code: "SOURCE_UNREADABLE", message: /no header/ }],
    ["too few cells", `${names}\n2024-06-01T00:00:00Z,r\n`, { code: "SOURCE_UNREADABLE", message: /line 2/ }],
    [
      "another encoding",
      Buffer.from(`${names}\n${good.replace("r", "K\u00f6ln")}\n`, "latin1"),
      { code: "SOURCE_UNREADABLE", message: /UTF-8/ },
    ],
    ["a header alone", `${names}\n`, { code: "TRAINING_SET_EMPTY" }],
  ])("with %s are refused", async (_, content, refusal) => {
    await shop.text("left.csv", content);
    const { code, message = /./, hint = /\w/ } = refusal;
    await shop.refused("visited", { code, message, hint }, { rows: "left.csv" });
  });

  it("may carry what looks like a date or a moment of another form as a text", async () => {
    await shop.text(
      "left.csv",
      `${names},day,hour,iso\n${good},01/02/2024,31/12/2024 10:00:00,2024-01-02\n${good},02/02/2024,,\n`,
    );
    const { manifest, folder } = await shop.tondo.trainingSet({
      vector: "visited",
      rows: "left.csv",
      carry: ["day", "hour", "iso"],
      output: "sets/carried",
    });
    expect(manifest.columns.filter(({ role }) => role === "carried").map(({ type }) => type)).toEqual([
      "string",
      "string",
      "date",
    ]);
    const [row] = await shop.engine.rows(
      `select day, hour, iso::varchar as iso from read_parquet('${folder}/train.parquet')`,
      "reading back",
    );
    expect(row).toEqual({ day: "01/02/2024", hour: "31/12/2024 10:00:00", iso: "2024-01-02" });
  });

  it("carry a column that stands twice by no name, nor by one that the engine would give it", async () => {
    await shop.text("left.csv", `${names},c,c,c_1,c_5\n${good},1,2,3,4\n`);
    for (const name of ["c", "c_1"])
      await shop.refused(
        "visited",
        { code: "ROWS_INVALID", message: /more than one column "c/ },
        { rows: "left.csv", carry: [name] },
      );
    expect(await shop.slots("visited", { rows: "left.csv", carry: ["c_5"] })).toEqual([[7, 0.5, 1, 2020]]);
  });
});
