import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  compile,
  describeNamed,
  type ExpressionTypes,
  indexProject,
  occurrenceAt,
  outlineOf,
  parseProject,
  type ProjectIndex,
} from "../../../src/dsl/index.ts";

const text = `/// A place.
entity shop (shop_id: string)

events sales {
  csv "sales.csv" known loaded_at
  postgres "shop.sales" cursor loaded_at
  columns (shop_id: string, sold_at: timestamp, loaded_at: timestamp, total: float)
  at sold_at
}

/// Takings.
group shop:till from sales by shop_id as shop_id {
  owner "till-team"
  /// What came in.
  total = sum(total) over 7d where total > 0
  /// Another reading.
  total@2 = sum(total) over 7d
  rich = total > 100
}

vector v {
  key shop, other: shop
  input km: float
  km = km | clip(0, 5)
  let here = @shop:till:total@2[shop]
  there = if(here > 3, @shop:till:rich[other], false)
  spread = here | clip(p1, p99)
  label late: bool known seen_at
}

test "t" {
  given sales { shop_id: "a", total: 1.5, sold_at: "12:00", loaded_at: "12:00" }
  expect @shop:till:total["a"] at "13:00" == 1.5
}
`;

function indexOf(source: string): ProjectIndex {
  const parsed = parseProject([{ path: "a.tondo", text: source }]);
  const types: ExpressionTypes = new Map();
  compile(parsed, new Map(), [], types);
  return indexProject(parsed, { schemas: new Map(), types });
}
const index = indexOf(text);

/** What a piece's n-th letter is in: kind, name, type, and the text from the definition on. */
function at(piece: string, offset = 0): readonly (string | undefined)[] | undefined {
  const place = text.indexOf(piece);
  expect(place).toBeGreaterThanOrEqual(0);
  const named = occurrenceAt(index, "a.tondo", place + offset)?.named;
  if (named === undefined) return undefined;
  const definition = named.definition === undefined ? undefined : text.slice(named.definition.start).split("\n")[0];
  return [named.kind, named.name, named.type, definition?.slice(0, 12)];
}

describe("what names stand for", () => {
  it.each([
    ["shop (shop_id", 1, ["entity", "shop", undefined, "shop (shop_i"]],
    ["known loaded_at", 8, ["column", "loaded_at", "timestamp", "loaded_at: t"]],
    ["cursor loaded_at", 8, ["column", "loaded_at", "timestamp", "loaded_at: t"]],
    ["shop:till from", 0, ["entity", "shop", undefined, "shop (shop_i"]],
    ["till from", 0, ["group", "shop:till", undefined, "till from sa"]],
    ["sales by", 2, ["source", "sales", undefined, "sales {"]],
    ["as shop_id", 4, ["column", "shop_id", "string", "shop_id: str"]],
    ["total = sum", 0, ["feature", "shop:till:total", "float?", "total = sum("]],
    ["total) over 7d where", 0, ["column", "total", "float", "total: float"]],
    ["sum(total) over 7d\n", 4, ["column", "total", "float", "total: float"]],
    ["total > 0", 1, ["column", "total", "float", "total: float"]],
    ["total > 100", 1, ["feature", "shop:till:total", "float?", "total = sum("]],
    ["sum(total)", 0, ["aggregate", "sum", undefined, undefined]],
    ["total@2[shop]", 6, ["feature", "shop:till:total@2", "float?", "total@2 = su"]],
    ["km = km", 0, ["slot", "km", "float?", "km = km | cl"]],
    ["km | clip", 0, ["input", "km", "float", "km: float"]],
    ["clip(0, 5)", 0, ["function", "clip", undefined, undefined]],
    ["clip(p1, p99)", 0, ["fitted function", "clip(p1, p99)", undefined, undefined]],
    ["here > 3", 0, ["step", "here", "float?", "here = @shop"]],
    ["[shop]", 1, ["role", "shop", "string", "shop, other:"]],
    ["[other]", 1, ["role", "other", "string", "other: shop"]],
    ["other: shop", 7, ["entity", "shop", undefined, "shop (shop_i"]],
    ["rich[other]", 0, ["feature", "shop:till:rich", "bool?", "rich = total"]],
    ["late: bool", 0, ["label", "late", "bool", "late: bool k"]],
    ["bool known", 0, ["type", "bool", undefined, undefined]],
    ["total: 1.5", 0, ["column", "total", "float", "total: float"]],
    [':total["a"]', 1, ["feature", "shop:till:total", "float?", "total = sum("]],
    ["/// Takings", 5, undefined],
    ["p99)", 0, undefined],
  ] as const)("%s + %i", (piece, offset, wanted) => {
    expect(at(piece, offset)).toEqual(wanted);
  });

  it("is told with documentation, owner, the definition as written and its place", () => {
    const named = index.declared.groups.get("shop:till")?.features.get("total");
    expect(named === undefined ? "" : describeNamed(named)).toBe(
      [
        "```tondo\nfeature shop:till:total: float?\ntotal = sum(total) over 7d where total > 0\n```",
        "What came in.",
        "Owner: till-team; Defined in a.tondo, line 15",
      ].join("\n\n"),
    );
  });

  it("shows texts and names as they are written, without the comments beside them", () => {
    const { declared } = indexOf(`events sales {
  parquet "s3://bucket/  sales//*.parquet" // where they lie
  columns (shop_id: string, at: timestamp, \`a // b\`: float)
  at at
}
entity shop (shop_id: string)
group shop:till from sales by shop_id {
  // before it
  most = max(\`a // b\`)  // of one
    over 7d where shop_id != "//\\" // \\\\"
}`);
    expect(declared.sources.get("sales")?.named.written).toBe(
      'events sales { parquet "s3://bucket/  sales//*.parquet" }',
    );
    expect(declared.groups.get("shop:till")?.features.get("most")?.written).toBe(
      'most = max(`a // b`) over 7d where shop_id != "//\\" // \\\\"',
    );
  });

  it("is fenced so that no name can end the fence", () => {
    expect(describeNamed({ kind: "column", name: "a```b" })).toBe("````tondo\ncolumn a```b\n````");
  });

  it("holds what else there is where another declaration has an error", () => {
    const other = indexOf(text.replace("km = km |", "km = = km |"));
    expect(other.declared.vectors.size).toBe(0);
    expect(other.declared.groups.get("shop:till")?.features.get("rich")?.type).toBe("bool?");
  });
});

describe("the outline", () => {
  it("has every definition, those within in the order of the text", () => {
    const { declarations } = parseProject([{ path: "a.tondo", text }]);
    const outline = outlineOf(declarations);
    expect(outline.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "entity shop",
      "source sales",
      "group shop:till",
      "vector v",
      "test t",
    ]);
    expect(outline[2]?.children.map(({ name }) => name)).toEqual(["total", "total@2", "rich"]);
    expect(outline[3]?.children.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "role shop",
      "role other",
      "input km",
      "slot km",
      "step here",
      "slot there",
      "slot spread",
      "label late",
    ]);
  });
});

describe("on the corpus of errors", () => {
  const folder = join(import.meta.dirname, "../../golden/errors");
  const files = readdirSync(folder).filter((name) => name.endsWith(".tondo"));
  it("names lie where they stand in the text and do not overlap, and definitions hold their names", () => {
    expect(files.length).toBeGreaterThan(80);
    for (const path of files) {
      const source = readFileSync(join(folder, path), "utf8");
      for (const { span } of indexOf(source).occurrences.get("a.tondo") ?? [])
        expect(source.slice(span.start, span.end), path).toMatch(/^[\w`@]/);
      const list = indexOf(source).occurrences.get("a.tondo") ?? [];
      for (const [i, { span }] of list.entries())
        expect(span.start, path).toBeGreaterThanOrEqual(list[i - 1]?.span.end ?? 0);
      const check = (item: ReturnType<typeof outlineOf>[number]): void => {
        expect(item.nameSpan.start >= item.span.start && item.nameSpan.end <= item.span.end, path).toBe(true);
        item.children.forEach(check);
      };
      outlineOf(parseProject([{ path, text: source }]).declarations).forEach(check);
    }
  });
});
