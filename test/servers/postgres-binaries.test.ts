import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { startPostgres } from "./postgres.ts";
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

it("a start without binaries fails with the reason, and leaves no process behind", async () => {
  vi.stubEnv("POSTGRES_BIN", "/nowhere");
  try {
    await expect(startPostgres()).rejects.toThrow("POSTGRES_BIN is /nowhere");
  } finally {
    vi.unstubAllEnvs();
  }
});
