import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** A folder of a user's own, with the packed package installed in it and nothing else. */
export interface InstalledPackage {
  readonly folder: string;
  /** What a user imports: `tondo`, `tondo/dsl`, ... */
  readonly subpaths: readonly string[];
  /** Runs a program in the folder and gives what it printed; throws with its errors where it fails. */
  run(name: string, program: string): string;
  /** Runs the installed `tondo` command in the folder and gives its standard output. */
  command(...args: readonly string[]): string;
  remove(): void;
}

/** Builds aside (the repository's `dist/` is left alone), packs, and installs the tarball in an empty folder. */
export function installPackage(): InstalledPackage {
  const temporary = mkdtempSync(join(tmpdir(), "tondo-canary-"));
  const source = join(temporary, "package");
  const folder = join(temporary, "user");
  mkdirSync(source);
  mkdirSync(folder);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  execute(root, process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", join(source, "dist")]);
  for (const name of ["package.json", "README.md", "LICENSE", "CHANGELOG.md"]) {
    if (existsSync(join(root, name))) copyFileSync(join(root, name), join(source, name));
  }
  cpSync(join(root, "docs"), join(source, "docs"), { recursive: true });
  execute(source, "npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", temporary]);
  const { name, version, exports } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly exports: Readonly<Record<string, unknown>>;
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "canary", private: true, type: "module" }));
  const tarball = join(temporary, `${name}-${version}.tgz`);
  execute(folder, "npm", [
    "install",
    "--prefer-offline",
    "--omit=peer",
    "--no-audit",
    "--no-fund",
    "--silent",
    tarball,
  ]);
  return {
    folder,
    subpaths: Object.keys(exports).map((subpath) => name + subpath.slice(1)),
    run: (file, program) => {
      writeFileSync(join(folder, file), program);
      return execute(folder, process.execPath, [file]);
    },
    command: (...args) => execute(folder, process.execPath, ["node_modules/tondo/dist/cli/main.js", ...args]),
    remove: () => rmSync(temporary, { recursive: true, force: true }),
  };
}

function execute(cwd: string, program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
}
