import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { TextEdit } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LanguageClient, startClient } from "./language-client.ts";

const corpus = join(import.meta.dirname, "../golden/errors");
const texts = readdirSync(corpus)
  .filter((name) => name.endsWith(".tondo"))
  .map((name) => readFileSync(join(corpus, name), "utf8"));
const pieces = [
  "@",
  ":",
  "[",
  "]",
  "(",
  ")",
  "{",
  "}",
  "|",
  '"',
  "`",
  "=",
  "\n",
  "\r\n",
  " ",
  "🍕",
  "é",
  "\0",
  "///",
  "//",
];
const words = ["vector v {\n  ", "group a:b from c by d {", "test", "known", "where ", "over 7d", "tz: ", "@2", "x = "];

const edit = fc.record({
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, fc.nat(200)),
  text: fc.oneof(fc.constantFrom(...pieces, ...words, ""), fc.string({ maxLength: 5 })),
});
const history = fc.record({
  text: fc.constantFrom(...texts),
  edits: fc.array(fc.record({ edit, ask: fc.double({ min: 0, max: 1, noNaN: true }) }), {
    minLength: 1,
    maxLength: 12,
  }),
});

let client: LanguageClient;
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tondo-language-fuzz-"));
  client = await startClient(folder);
});
afterAll(async () => {
  client.kill("SIGKILL");
  await client.exit;
  client.connection.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe("random edits and places", () => {
  it("never give an error, and the server holds the text that the editor holds", async () => {
    const path = "a.tondo";
    await client.open(path, "");
    const textDocument = { uri: client.uri(path) };
    const options = { tabSize: 2, insertSpaces: true };
    await fc.assert(
      fc.asyncProperty(history, async ({ text, edits }) => {
        await client.change(path, undefined, text);
        let now = TextDocument.create("a", "tondo", 1, text);
        for (const [i, { edit: one, ask }] of edits.entries()) {
          const length = now.getText().length;
          const start = Math.floor(one.from * length);
          const range = { start: now.positionAt(start), end: now.positionAt(Math.min(length, start + one.length)) };
          await client.change(path, range, one.text);
          now = TextDocument.update(now, [{ range, text: one.text }], i + 2);
          const position = now.positionAt(Math.floor(ask * now.getText().length));
          const at = { textDocument, position };
          await Promise.all([
            client.request("textDocument/hover", at),
            client.request("textDocument/completion", at),
            client.request("textDocument/definition", at),
            client.request("textDocument/documentSymbol", { textDocument }),
          ]);
        }
        // What is formatted is what it holds: edits that take the rest away must fit.
        const edits2 = await client.request<TextEdit[] | null>("textDocument/formatting", { textDocument, options });
        if (edits2 === null) return;
        const formatted = TextDocument.applyEdits(now, edits2);
        await client.change(path, undefined, formatted);
        expect(await client.request("textDocument/formatting", { textDocument, options })).toEqual([]);
      }),
      { numRuns: Number(process.env["TONDO_FUZZ_RUNS"] ?? 40), endOnFailure: false },
    );
    expect(client.logged.filter(({ type }) => type === 1)).toEqual([]);
  }, 240_000);

  it("beyond the end of lines and documents give no error", async () => {
    await client.open("b.tondo", texts[0] ?? "");
    const textDocument = { uri: client.uri("b.tondo") };
    for (const [line, character] of [
      [0, 1_000_000],
      [1_000_000, 0],
      [3, 99_999],
    ] as const) {
      for (const method of ["hover", "completion", "definition"])
        await client.request(`textDocument/${method}`, { textDocument, position: { line, character } });
    }
    expect(client.logged.filter(({ type }) => type === 1)).toEqual([]);
  }, 60_000);
});
