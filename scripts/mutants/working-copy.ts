import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A copy of the working tree to plant bugs in. */
export interface WorkingCopy {
  readonly folder: string;
  remove(): void;
}

/**
 * Copies what git knows or would take (changes that are not committed too) into a temporary folder; the installed
 * packages are linked, not copied.
 */
export function copyWorkingTree(root: string): WorkingCopy {
  const folder = mkdtempSync(join(tmpdir(), "tondo-mutants-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  for (const path of listed.split("\0")) {
    // A file that was deleted but is still in the index is listed too.
    if (path === "" || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
