import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { compile, parseProject, projectTypesText, type Schema } from "../../../src/dsl/index.ts";

const folder = join(import.meta.dirname, "../../../examples/flights");

/** What prepare.ts writes, as far as the definitions read it. */
const flights: Schema = {
  flight: "int?",
  origin: "string?",
  destination: "string?",
  departed_at: "timestamp?",
  landed_at: "timestamp?",
  delay: "float?",
};

// `tondo types --no-register --folder examples/flights` writes it anew, and so does `npx vitest run test/examples/flights/types.test.ts -u`.
it("the example's types follow from its definitions", async () => {
  const text = readFileSync(join(folder, "features.tondo"), "utf8");
  const { plan, about, places } = compile(
    parseProject([{ path: "features.tondo", text }]),
    new Map<string, Schema>([["flights", flights]]),
  );
  if (plan === undefined) throw new Error("the definitions have errors");
  await expect(projectTypesText({ plan, about, places }, { register: false })).toMatchFileSnapshot(
    join(folder, "tondo.d.ts"),
  );
});
