import type { Mutant } from "../scripts/mutants/mutant.ts";

const log = ["test/featurestore/served/served-log.test.ts"];
const crash = ["test/featurestore/served/served-crash.test.ts"];
const project = ["test/featurestore/served/served-project.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "logged-of-the-first-request",
    file: "src/featurestore/served/row-codec.ts",
    find: "({ answer, base }) => answer.values[base + place] ?? null",
    replace: "({ answer }) => answer.values[place] ?? null",
    tests: log,
  },
  {
    name: "logged-status-of-the-first-request",
    file: "src/featurestore/served/row-codec.ts",
    find: "answer.statuses[base + place]",
    replace: "answer.statuses[place]",
    tests: log,
  },
  {
    name: "logged-int-as-double",
    file: "src/featurestore/served/sealed-column.ts",
    find: 'if (kind === "int") return String(value);',
    replace: 'if (kind === "int") return String(Number(value));',
    tests: log,
  },
  {
    name: "logged-int64-as-double",
    file: "src/featurestore/served/value-codec.ts",
    find: "into.int64(value);",
    replace: "into.int64(BigInt(Number(value)) - (value > 2n ** 62n ? 1n : 0n));",
    tests: log,
  },
  {
    name: "logged-float-rounded",
    file: "src/featurestore/served/sealed-column.ts",
    find: 'return typeof value === "boolean" ? Number(value) : value;',
    replace:
      'return typeof value === "boolean" ? Number(value) : typeof value === "number" ? Number(value.toPrecision(16)) : value;',
    tests: log,
  },
  {
    name: "logged-day-of-the-moment-asked-for",
    file: "src/featurestore/served/compact.ts",
    find: 'floor(${placeOf("logged_at")}',
    replace: 'floor(${placeOf("requested_at")}',
    tests: log,
  },
  {
    name: "logged-personal-data",
    file: "src/featurestore/served/row-codec.ts",
    find: "if (pii?.columns.has(column.name) !== true) {",
    replace: 'if (pii?.columns.has(column.name) !== true || role === "input") {',
    tests: log,
  },
  {
    name: "sample-by-inputs-too",
    file: "src/featurestore/served/sample.ts",
    find: "(vector.keys.length > 0 ? vector.keys : vector.inputs)",
    replace: "[...vector.keys, ...vector.inputs]",
    tests: log,
  },
  {
    name: "sample-of-other-keys",
    file: "src/featurestore/served/sample.ts",
    find: "0x53_45_52_56",
    replace: "0x53_45_52_57",
    tests: log,
  },
  {
    name: "dropped-and-not-counted",
    file: "src/featurestore/served/served-log.ts",
    find: "this.#dropped++;",
    replace: "",
    tests: log,
  },
  {
    name: "queue-without-a-bound-in-bytes",
    file: "src/featurestore/served/journal-queue.ts",
    find: "if (this.bytes > this.#maxBytes) {",
    replace: "if (this.bytes > this.#maxBytes * 9) {",
    tests: log,
  },
  {
    name: "log-keeps-a-day-too-few",
    file: "src/featurestore/served/served.ts",
    find: "Math.floor(now / dayMicros) - days + 1",
    replace: "Math.floor(now / dayMicros) - days + 2",
    tests: log,
  },
  {
    name: "vector-not-declared-in-the-next-journal",
    file: "src/featurestore/served/journal.ts",
    find: ".filter((number) => !file.vectors.has(number))",
    replace: ".filter((number) => !file.vectors.has(number) && this.#files === 1)",
    tests: log,
  },
  {
    name: "sealed-in-the-way-of-requests",
    file: "src/featurestore/served/seal-apart.ts",
    find: "const smallBytes = 128 * 1024;",
    replace: "const smallBytes = 2 ** 40;",
    tests: log,
  },
  {
    name: "torn-record-is-taken",
    file: "src/featurestore/served/journal-format.ts",
    find: "isWhole: crc32(payload) === sum }",
    replace: "isWhole: sum >= 0 }",
    tests: crash,
  },
  {
    name: "damaged-record-ends-a-journal",
    file: "src/featurestore/served/journal-format.ts",
    find: "else if ((await recordAt(next))?.isWhole === true) found.damaged++;",
    replace: "",
    tests: crash,
  },
  {
    name: "journal-of-a-living-process-is-sealed",
    file: "src/featurestore/served/recover.ts",
    find: "if (lock === undefined) continue;",
    replace: "",
    tests: crash,
  },
  {
    name: "sealed-journal-comes-back",
    file: "src/featurestore/served/compact.ts",
    find: 'await rm(join(folder, `${stemOf(name, endings.sealed) ?? ""}${endings.journal}`), { force: true });',
    replace: "",
    tests: crash,
  },
  {
    name: "committed-and-not-finished",
    file: "src/featurestore/served/compact.ts",
    find: "if (id !== undefined) published.push(...(await finishCommit(home, id)).files);",
    replace: "if (id !== undefined) await rm(join(folder, name));",
    tests: crash,
  },
  {
    name: "compacted-parts-stay",
    file: "src/featurestore/served/commit.ts",
    find: "for (const name of commit.sealed) await rm(join(folder, name), { recursive: true, force: true });",
    replace: "",
    tests: crash,
  },
  {
    name: "parts-go-before-their-files-are-there",
    file: "src/featurestore/served/compact.ts",
    find: "await writeCommit(home, id, { version: 1, files, plans, sealed });",
    replace:
      "for (const name of sealed) await rm(join(folder, name), { recursive: true });\n    await writeCommit(home, id, { version: 1, files, plans, sealed });",
    tests: crash,
  },
  {
    name: "prediction-logged-twice",
    file: "src/serving/predictor.ts",
    find: "        log: false,\n",
    replace: "",
    tests: project,
  },
  {
    name: "partition-asked-for-is-that-which-answered",
    file: "src/serving/predictor.ts",
    find: "tag, partition, path, slots: vector",
    replace: "tag, partition: path, path, slots: vector",
    tests: project,
  },
  {
    name: "answers-of-many-logged-as-the-first",
    file: "src/featurestore/online/feature-reader.ts",
    find: "base: i * stride",
    replace: "base: 0",
    tests: project,
  },
  {
    name: "call-that-says-no-is-logged",
    file: "src/featurestore/served/served-log.ts",
    find: "asked ?? sample(columns)",
    replace: "(asked ?? true) || sample(columns)",
    tests: project,
  },
];

export default mutants;
