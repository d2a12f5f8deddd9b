import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findPostgres } from "./postgres-binaries.ts";

it("takes the folder that POSTGRES_BIN names, and no other", () => {
  const folder = mkdtempSync(join(tmpdir(), "tondo-binaries-"));
  try {
    expect(() => findPostgres({ POSTGRES_BIN: folder })).toThrow("initdb and postgres are not both in that folder");
    for (const name of ["initdb", "postgres"]) writeFileSync(join(folder, name), "");
    expect(findPostgres({ POSTGRES_BIN: folder })).toBe(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
