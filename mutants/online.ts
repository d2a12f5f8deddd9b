import type { Mutant } from "../scripts/mutants/mutant.ts";

const reader = ["test/featurestore/online/feature-reader.test.ts"];
const windows = ["test/featurestore/online/window-reader.test.ts"];
const load = ["test/featurestore/materialize/materialize.test.ts"];
const store = ["test/featurestore/online/lmdb/lmdb-store.test.ts"];

const hops = ["test/featurestore/computed-keys.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "second-hop-of-a-missing-first",
    file: "src/featurestore/online/vector-keys.ts",
    find: "if (value === null || value !== value) return null;\n      parts.push(value);",
    replace: "parts.push(String(value));",
    tests: hops,
  },
  {
    name: "status-of-the-first-hop-forgotten",
    file: "src/featurestore/online/vector-program.ts",
    find: 'status = worseStatus(status, statuses[input] ?? "missing");',
    replace: "status = worseStatus(status, statuses[target] ?? status);",
    tests: hops,
  },
  {
    name: "keys-of-another-moment",
    file: "src/featurestore/online/vector-keys.ts",
    find: "setCell(this.#given, i, at);",
    replace: "setCell(this.#given, i, at - 18_000_000_000);",
    tests: hops,
  },
  {
    name: "long-key-throws",
    file: "src/featurestore/online/vector-keys.ts",
    find: "return isGiven ? ",
    replace: "return isGiven || parts.length > 0 ? ",
    tests: hops,
  },
  {
    name: "expired-at-its-ttl",
    file: "src/featurestore/online/row-reader.ts",
    find: "at - version.t > ttl",
    replace: "at - version.t >= ttl",
    tests: reader,
  },
  {
    name: "state-dated-later-served",
    file: "src/featurestore/online/codec/row-codec.ts",
    find: "if (t <= q) {",
    replace: "if (t <= q + 3_600_000_000) {",
    tests: reader,
  },
  {
    name: "deleted-state-served",
    file: "src/featurestore/materialize/row-load.ts",
    find: '? "best.gone::int::double" : "0::double"',
    replace: '? "0::double" : "0::double"',
    tests: load,
  },
  {
    name: "deletion-dated-later-dropped",
    file: "src/featurestore/materialize/row-load.ts",
    find: "where not (best.gone and later is null)",
    replace: "where not best.gone",
    tests: load,
  },
  {
    name: "event-sees-itself",
    file: "src/featurestore/materialize/window-sql.ts",
    find: "where t < ${String(load.asOf)}",
    replace: "where t <= ${String(load.asOf)}",
    tests: reader,
  },
  {
    name: "loaded-before-it-was-known",
    file: "src/featurestore/materialize/group-load.ts",
    find: ": `k <= ${moment}`;",
    replace: ': "true";',
    tests: reader,
  },
  {
    name: "oldest-tile-not-loaded",
    file: "src/featurestore/materialize/window-sql.ts",
    find: "floorMoment(asOf - reach, hop)",
    replace: "asOf - reach",
    tests: windows,
  },
  {
    name: "window-begins-in-its-tile",
    file: "src/featurestore/online/window-reader.ts",
    find: "floorTo(at - over, width)",
    replace: "at - over",
    tests: windows,
  },
  {
    name: "tile-too-many",
    file: "src/featurestore/online/window-reader.ts",
    find: ">= from; i--)",
    replace: ">= from - width; i--)",
    tests: windows,
  },
  {
    name: "tile-too-few",
    file: "src/featurestore/online/window-reader.ts",
    find: ">= from; i--)",
    replace: "> from; i--)",
    tests: windows,
  },
  {
    name: "merged-sums-run-over",
    file: "src/core/exact-sum.ts",
    find: "room for two million of them.\n  if (Math.abs(b) > roomy - base || Math.abs(c) > roomy - base || Math.abs(d) > roomy - base)",
    replace: "room for all of them.\n  if (b !== b)",
    tests: ["test/core/exact-sum.test.ts"],
  },
  {
    name: "window-not-found",
    file: "src/featurestore/online/window-reader.ts",
    find: 'isMissing ? "missing" : "present"',
    replace: 'record === undefined ? "not_found" : isMissing ? "missing" : "present"',
    tests: reader,
  },
  {
    name: "changed-definition-served",
    file: "src/featurestore/online/group-reader.ts",
    find: "if (entries[index]?.fingerprint === fingerprint)",
    replace: "if (index >= 0)",
    tests: reader,
  },
  {
    name: "windows-of-another-moment",
    file: "src/featurestore/online/group-reader.ts",
    find: "isWindows ? at === pointer.asOf : at >= pointer.asOf",
    replace: "at >= pointer.asOf",
    tests: reader,
  },
  {
    name: "missing-key-looked-up",
    file: "src/featurestore/online/names-program.ts",
    find: "values.includes(null) ? null : encodeKey(reader.key, values)",
    replace: "encodeKey(reader.key, values)",
    tests: reader,
  },
  {
    name: "missing-role-looked-up",
    file: "src/featurestore/online/vector-keys.ts",
    find: "if (value === null || value !== value) return null;",
    replace: "",
    tests: reader,
  },
  {
    name: "two-keys-of-the-same-bytes",
    file: "src/featurestore/online/codec/key-codec.ts",
    find: "if (unit === 0) scratch[at++] = 0xff;",
    replace: "",
    tests: ["test/featurestore/online/codec/key-codec.test.ts"],
  },
  {
    name: "damaged-record-read",
    file: "src/featurestore/online/codec/record.ts",
    find: "if (words.u32[1] !== checksum(words.u8, first, length))",
    replace: "if (length < 0)",
    tests: ["test/featurestore/online/codec/records.test.ts"],
  },
  {
    name: "switched-before-it-is-written",
    file: "src/featurestore/materialize/materialize.ts",
    find: "await into.finish();",
    replace: "setTimeout(() => void into.finish(), 5);",
    tests: load,
  },
  {
    name: "groups-switched-one-by-one",
    file: "src/featurestore/materialize/materialize.ts",
    find: "await switchTo(options.store, switches);",
    replace: "for (const one of switches) await switchTo(options.store, [one]);",
    tests: load,
  },
  {
    name: "changed-files-not-loaded",
    file: "src/featurestore/materialize/materialize.ts",
    find: "if (current?.inputs === plan.inputs)",
    replace: "if (current?.asOf === asOf)",
    tests: load,
  },
  {
    name: "generation-overwritten-by-another-load",
    file: "src/featurestore/online/lmdb/lmdb-store.ts",
    find: "if (this.#currentPointer(pointer.group)?.generation !== expected) return false;",
    replace: "if (expected === -1) return false;",
    tests: store,
  },
  {
    name: "pointer-of-another-view",
    file: "src/featurestore/online/lmdb/lmdb-store.ts",
    find: "switches === this.#seen && groups.every(",
    replace: "groups.every(",
    tests: store,
  },
];

export default mutants;
