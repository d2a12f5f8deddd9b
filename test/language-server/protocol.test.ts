import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CompletionList, DocumentSymbol, Hover, Location, TextEdit } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type LanguageClient, positionOf, startClient } from "./language-client.ts";

const sources = `/// A restaurant on the marketplace.
entity restaurant (restaurant_id: string)

/// Each order, once.
events orders {
  csv "data/orders.csv"
  at ordered_at
}

/// Kitchen speed.
group restaurant:kitchen from orders by restaurant_id {
  owner "eats-ml"

  /// Mean preparation time, minutes.
  prep_7d = mean(prep_minutes) over 7d
  busy = prep_7d > 40
}
`;
const vectors = `/// What the model is fed 🍕.
vector eta {
  key store: restaurant
  input distance_km: float

  let near = distance_km < 3 // "🍕🍕"
  prep = @restaurant:kitchen:prep_7d[store] | fill(mean)
  km = if(near, distance_km, 3)
}
`;
const orders = `restaurant_id,ordered_at,prep_minutes
r1,2024-01-01 12:00:00,12.5
r2,2024-01-01 13:00:00,7.25
`;

const folders: string[] = [];
let client: LanguageClient | undefined;

function project(): string {
  const folder = mkdtempSync(join(tmpdir(), "tondo-language-"));
  folders.push(folder);
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data/orders.csv"), orders);
  writeFileSync(join(folder, "sources.tondo"), sources);
  writeFileSync(join(folder, "vectors.tondo"), vectors);
  return folder;
}

async function start(initialize: object = {}, folder = project()): Promise<LanguageClient> {
  client = await startClient(folder, initialize);
  return client;
}

afterEach(async () => {
  client?.kill("SIGKILL");
  await client?.exit;
  client?.connection.dispose();
  client = undefined;
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const at = (one: LanguageClient, path: string, position: object): object => ({
  textDocument: { uri: one.uri(path) },
  position,
});

describe("diagnostics", () => {
  it("come as one types, with code, place and hint, and go when it is mended", async () => {
    const editor = await start();
    await editor.open("vectors.tondo", vectors);
    const wrong = positionOf(vectors, "prep_7d[");
    const end = { ...wrong, character: wrong.character + "prep_7d".length };
    await editor.change("vectors.tondo", { start: wrong, end }, "prep_8d");
    const [found, ...more] = await editor.diagnostics("vectors.tondo", ({ length }) => length > 0);
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      code: "unknown-feature",
      severity: 1,
      source: "tondo",
      range: { start: wrong, end },
    });
    expect(found?.message).toContain('did you mean "prep_7d"?');
    await editor.change("vectors.tondo", { start: wrong, end }, "prep_7d");
    expect(await editor.diagnostics("vectors.tondo", ({ length }) => length === 0)).toEqual([]);
  }, 60_000);

  it("count in UTF-16 units behind characters of two", async () => {
    const editor = await start();
    const text = vectors.replace("distance_km < 3", 'distance_km < 3 and "🍕" == nothing');
    await editor.open("vectors.tondo", text);
    const [found] = await editor.diagnostics("vectors.tondo", ({ length }) => length > 0);
    expect(found?.range.start).toEqual(positionOf(text, "nothing"));
  }, 60_000);

  it("stand where a file elsewhere is broken too, and of files that are not open", async () => {
    const folder = project();
    writeFileSync(join(folder, "broken.tondo"), "vector nobody { key }\n");
    const editor = await start({}, folder);
    expect((await editor.diagnostics("broken.tondo", ({ length }) => length > 0)).length).toBe(1);
    await editor.open("vectors.tondo", vectors.replace("distance_km < 3", 'distance_km < "3"'));
    const [found] = await editor.diagnostics("vectors.tondo", ({ length }) => length > 0);
    expect(found?.code).toBe("wrong-type");
  }, 60_000);

  it("use the columns that the sources' files have, in the folder that the settings name", async () => {
    const folder = project();
    const editor = await start({ initializationOptions: { folder: "." } }, folder);
    await editor.open("sources.tondo", sources.replace("mean(prep_minutes)", "mean(prep_minute)"));
    const [found] = await editor.diagnostics("sources.tondo", ({ length }) => length > 0);
    expect(found?.message).toContain('did you mean "prep_minutes"?');
  }, 60_000);

  it("say where a declared column is none of the file's, and go when it is one", async () => {
    const editor = await start();
    const columns = "columns (restaurant_id: string, ordered_at: timestamp, prep_minuts: float, prep_minutes: float)";
    const text = sources.replace("  at ordered_at", `  ${columns}\n  at ordered_at`);
    await editor.open("sources.tondo", text);
    const [found, ...more] = await editor.diagnostics("sources.tondo", ({ length }) => length > 0);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code: "unknown-column", range: { start: positionOf(text, "prep_minuts:") } });
    expect(found?.message).toContain('did you mean "prep_minutes"?');
    const wrong = positionOf(text, "prep_minuts:");
    const end = { ...wrong, character: wrong.character + "prep_minuts: float, ".length };
    await editor.change("sources.tondo", { start: wrong, end }, "");
    expect(await editor.diagnostics("sources.tondo", ({ length }) => length === 0)).toEqual([]);
  }, 60_000);

  it("of a document outside of every folder are its own folder's", async () => {
    const [inside, outside] = [project(), project()];
    const editor = await start({}, inside);
    const text = vectors.replace("prep_7d[", "prep_9d[");
    const path = `../${outside.split("/").at(-1) ?? ""}/vectors.tondo`;
    await editor.open(path, text);
    const [found] = await editor.diagnostics(path, ({ length }) => length > 0);
    expect(found?.code).toBe("unknown-feature");
  }, 60_000);
});

describe("answers", () => {
  it("say on hovering what a name stands for", async () => {
    const editor = await start();
    await editor.open("vectors.tondo", vectors);
    await editor.open("sources.tondo", sources);
    const hover = async (path: string, text: string, piece: string): Promise<string> => {
      const found = await editor.request<Hover | null>(
        "textDocument/hover",
        at(editor, path, positionOf(text, piece, 1)),
      );
      return JSON.stringify(found?.contents ?? null);
    };
    const feature = await hover("vectors.tondo", vectors, "prep_7d[");
    for (const part of ["feature restaurant:kitchen:prep_7d: float?", "Mean preparation time", "eats-ml", "over 7d"])
      expect(feature).toContain(part);
    expect(feature).toContain("Defined in sources.tondo, line 15");
    expect(await hover("vectors.tondo", vectors, "near,")).toContain("step near: bool");
    expect(await hover("vectors.tondo", vectors, "distance_km, 3")).toContain("input distance_km: float");
    expect(await hover("vectors.tondo", vectors, "store]")).toContain("role store: string");
    expect(await hover("vectors.tondo", vectors, "fill(mean)")).toContain("fill(mean)");
    expect(await hover("vectors.tondo", vectors, "if(")).toContain("if(condition");
    expect(await hover("sources.tondo", sources, "prep_minutes)")).toContain("column prep_minutes: float");
    expect(await hover("sources.tondo", sources, "mean(")).toContain("mean(x: float)");
    expect(await hover("sources.tondo", sources, "by restaurant_id")).toBe("null");
  }, 60_000);

  it("know the functions that the project's folder exports, and say where their file is wrong", async () => {
    const folder = project();
    const library = pathToFileURL(join(import.meta.dirname, "../../src/dsl/functions/index.ts")).href;
    const written = `import { defineFunction } from ${JSON.stringify(library)};
      export const loyalty = defineFunction({ name: "loyalty", version: 1, takes: { visits: "int", since: "duration?" },
        returns: "float?", compute: ({ visits }) => Number(visits) / 2, doc: "Half the visits.",
        examples: [{ given: { visits: 3, since: null }, result: 1.5 }] });\n`;
    writeFileSync(join(folder, "tondo.functions.ts"), written);
    const editor = await start({}, folder);
    const text = vectors.replace("if(near, distance_km, 3)", "loyalty(3, missing)").replace("?? 0", "");
    await editor.open("vectors.tondo", text);
    const found = await editor.request<Hover | null>(
      "textDocument/hover",
      at(editor, "vectors.tondo", positionOf(text, "loyalty(", 1)),
    );
    const said = JSON.stringify(found?.contents ?? null);
    for (const part of [
      "loyalty(visits: int, since: duration?): float?",
      "Half the visits.",
      "loyalty(visits: 3, since: missing)",
    ])
      expect(said).toContain(part);
    const short = text.replace("loyalty(3, missing)", "loy");
    await editor.open("vectors.tondo", short);
    const { items } = await editor.request<CompletionList>(
      "textDocument/completion",
      at(editor, "vectors.tondo", positionOf(short, "= loy", 5)),
    );
    expect(items.map(({ label }) => label)).toContain("loyalty");
    writeFileSync(join(folder, "tondo.functions.ts"), "export const loyalty = 3;\n");
    const other = await startClient(folder);
    try {
      await other.open("vectors.tondo", text);
      const [wrong] = await other.diagnostics("vectors.tondo", ({ length }) => length > 0);
      expect(wrong?.code).toBe("unknown-function");
      expect(other.logged.map(({ message }) => message).join()).toContain("tondo.functions.ts exports something");
    } finally {
      other.kill("SIGKILL");
      await other.exit;
      other.connection.dispose();
    }
  }, 60_000);

  it("complete what is being written, though it cannot be parsed yet", async () => {
    const editor = await start();
    const text = vectors.replace("prep_7d[store] | fill(mean)", "pr");
    await editor.open("vectors.tondo", text);
    const { items } = await editor.request<CompletionList>(
      "textDocument/completion",
      at(editor, "vectors.tondo", positionOf(text, "kitchen:pr", 10)),
    );
    const [item, ...more] = items;
    expect(more).toEqual([]);
    expect(item).toMatchObject({
      label: "prep_7d",
      detail: "feature: float?",
      documentation: { kind: "markdown", value: "Mean preparation time, minutes." },
      textEdit: { range: { start: positionOf(text, "kitchen:pr", 8) }, newText: "prep_7d" },
    });
  }, 60_000);

  it("lead to definitions in other files", async () => {
    const editor = await start();
    await editor.open("vectors.tondo", vectors);
    const ask = (piece: string, offset = 1): Promise<Location | null> =>
      editor.request("textDocument/definition", at(editor, "vectors.tondo", positionOf(vectors, piece, offset)));
    expect(await ask("prep_7d[")).toEqual({
      uri: editor.uri("sources.tondo"),
      range: { start: positionOf(sources, "prep_7d ="), end: positionOf(sources, "prep_7d =", 7) },
    });
    expect((await ask("kitchen:"))?.range.start).toEqual(positionOf(sources, "kitchen from"));
    expect((await ask("near,"))?.range.start).toEqual(positionOf(vectors, "near ="));
    expect(await ask("let near")).toBeNull();
  }, 60_000);

  it("outline and format a document, and leave one with an error as it is", async () => {
    const editor = await start();
    const loose = vectors.replace("  key store:", "key    store :");
    await editor.open("vectors.tondo", loose);
    const params = { textDocument: { uri: editor.uri("vectors.tondo") }, options: { tabSize: 2, insertSpaces: true } };
    const symbols = await editor.request<DocumentSymbol[]>("textDocument/documentSymbol", params);
    expect(symbols.map(({ name }) => name)).toEqual(["eta"]);
    expect(symbols[0]?.children?.map(({ name }) => name)).toEqual(["store", "distance_km", "near", "prep", "km"]);
    const edits = await editor.request<TextEdit[]>("textDocument/formatting", params);
    expect(edits.length).toBe(1);
    const formatted = TextDocument.applyEdits(TextDocument.create("", "tondo", 1, loose), edits);
    await editor.change("vectors.tondo", undefined, formatted);
    expect(await editor.request("textDocument/formatting", params)).toEqual([]);
    await editor.change("vectors.tondo", undefined, "vector eta {");
    expect(await editor.request("textDocument/formatting", params)).toBeNull();
  }, 60_000);
});

describe("the process", () => {
  it("ends with 0 after a shutdown, and says what it can do before", async () => {
    const editor = await start();
    expect(editor.capabilities).toMatchObject({ hoverProvider: true, definitionProvider: true });
    expect(await editor.request("shutdown", {})).toBeNull();
    await editor.connection.sendNotification("exit");
    expect(await editor.exit).toBe(0);
  }, 60_000);

  it("ends with 1 where the editor goes away without a word", async () => {
    const editor = await start();
    editor.connection.end();
    expect(await editor.exit).toBe(1);
  }, 60_000);

  it("ends with 1 where the editor's process has died, or it is told to", async () => {
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const editor = await start({ processId: other.pid });
    other.kill("SIGKILL");
    expect(await editor.exit).toBe(1);
    const another = await start();
    another.kill("SIGTERM");
    expect(await another.exit).toBe(1);
  }, 60_000);

  it("answers a request for a document that it does not have, and an unknown one with an error", async () => {
    const editor = await start();
    const nowhere = at(editor, "nowhere.tondo", { line: 3, character: 7 });
    expect(await editor.request("textDocument/hover", nowhere)).toBeNull();
    await expect(editor.request("textDocument/nothing", {})).rejects.toMatchObject({ code: -32601 });
    expect(await editor.request("textDocument/hover", nowhere)).toBeNull();
    expect(readFileSync(join(editor.root, "vectors.tondo"), "utf8")).toBe(vectors);
  }, 60_000);
});
