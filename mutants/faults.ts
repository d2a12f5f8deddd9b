import type { Mutant } from "../scripts/mutants/mutant.ts";

const faults = ["test/faults/faults.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "pointer-before-its-records-are-durable",
    file: "src/featurestore/online/lmdb/lmdb-store.ts",
    find: "      // A pointer must never be on the disk before the records it names.\n      await this.#root.flushed;\n",
    replace: "",
    tests: faults,
    timeoutSeconds: 300,
  },
  {
    name: "folder-of-files-not-durable",
    file: "src/core/atomic-file.ts",
    find: "await syncFolder(dirname(made));",
    replace: "void made;",
    tests: faults,
    timeoutSeconds: 300,
  },
  {
    name: "secret-of-erasures-renamed-before-it-is-durable",
    file: "src/featurestore/erase/erasure-secret.ts",
    find: "    await syncFile(temporary);\n",
    replace: "",
    tests: faults,
    timeoutSeconds: 300,
  },
  {
    name: "sealed-folder-renamed-before-it-is-durable",
    file: "src/featurestore/served/seal.ts",
    find: "      await syncFolder(sealing);\n",
    replace: "",
    tests: faults,
    timeoutSeconds: 300,
  },
  {
    name: "erasure-begun-and-not-recorded-first",
    file: "src/featurestore/erase/erase.ts",
    find: "  const id = await beginErasure(database, digest, { at: clock(), by: actor });\n  progress.start(`erasing a key of ${entity}`);\n  for (const group of groups) await store.erase(group, await formsIn(store, group, key));\n",
    replace:
      "  progress.start(`erasing a key of ${entity}`);\n  for (const group of groups) await store.erase(group, await formsIn(store, group, key));\n  const id = await beginErasure(database, digest, { at: clock(), by: actor });\n",
    tests: ["test/featurestore/erase/erase.test.ts"],
    timeoutSeconds: 300,
  },
];

export default mutants;
