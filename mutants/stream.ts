import type { Mutant } from "../scripts/mutants/mutant.ts";

const folder = ["test/featurestore/stream/folder-stream.test.ts"];
const positions = ["test/featurestore/online/stream-position.test.ts"];
const decode = ["test/featurestore/stream/decode-event.test.ts"];
const avro = ["test/featurestore/stream/avro/decode-avro.test.ts"];
const parquet = ["test/featurestore/stream/parquet-folder.test.ts"];
const rows = ["test/featurestore/stream/parquet-rows.test.ts"];
const golden = ["test/featurestore/stream/avro/golden-avro.test.ts"];
const buffer = ["test/featurestore/stream/event-buffer.test.ts"];
const kafka = ["test/featurestore/stream/kafka-stream.kafka.test.ts"];
const history = ["test/featurestore/stream/stream-history.kafka.test.ts"];
const lmdb = ["test/featurestore/online/lmdb/lmdb-store.test.ts"];
const cassandra = ["test/featurestore/online/cassandra/cassandra-pushed.cassandra.test.ts"];
const folds = ["test/featurestore/pushed/folded-equal.test.ts"];
const ahead = ["test/featurestore/pushed/clock-ahead.test.ts"];
const folded = ["test/featurestore/pushed/folded.test.ts"];
const away = ["test/featurestore/stream/once.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "fenced-worker-applies",
    file: "src/featurestore/stream/stream-part.ts",
    find: "if (stored?.epoch !== epoch) throw new Fenced(partition);",
    replace: "if (stored === undefined) throw new Fenced(partition);",
    tests: away,
  },
  {
    name: "events-applied-again-where-it-was-not-known-that-they-were",
    file: "src/featurestore/stream/stream-part.ts",
    find: "if (stored.next !== before.next) throw new Fenced(partition);",
    replace: "if (stored.next === to) return stored;",
    tests: away,
  },
  {
    name: "events-applied-without-their-position",
    file: "src/featurestore/pushed/row-application.ts",
    find: "      clock,\n      moves,\n    });",
    replace: "      clock,\n    });",
    tests: folder,
  },
  {
    name: "positions-kept-where-nothing-is-written",
    file: "src/featurestore/online/lmdb/lmdb-pushed.ts",
    find: "        this.#meta.setPositions(source, moves, positions);\n        for (const [i, bytes]",
    replace: "        for (const [i, bytes]",
    tests: lmdb,
  },
  {
    name: "positions-changed-though-another-changed-them",
    file: "src/featurestore/online/cassandra/stream-positions.ts",
    find: "return { query: `${query} IF position = ?`, params: [...params, stored.get(entry) ?? null] };",
    replace: "return { query: stored.size < 0 ? query : `${query} IF first = NULL`, params };",
    tests: cassandra,
  },
  {
    name: "dead-letters-passed-as-if-applied",
    file: "src/featurestore/online/stream-position.ts",
    find: "const fresh = dead.filter(",
    replace: "const fresh = [].filter(",
    tests: positions,
  },
  {
    name: "holes-that-were-read-stay",
    file: "src/featurestore/online/stream-position.ts",
    find: "...(from < next ? [{ from, to: Math.min(until, next) }] : []),",
    replace: "...(from < next ? [{ from, to: until }] : []),",
    tests: positions,
  },
  {
    name: "reset-forgets-what-it-goes-past",
    file: "src/featurestore/online/stream-position.ts",
    find: "holes: next > end ? joined([...holes, { from: end, to: next }]) : holes,",
    replace: "holes,",
    tests: positions,
  },
  {
    name: "events-read-again-applied-again",
    file: "src/featurestore/stream/source-stream.ts",
    find: "if (!isApplied(part.position, event.offset))",
    replace: "if (event.offset >= 0)",
    tests: folder,
  },
  {
    name: "events-given-again-kept-twice",
    file: "src/featurestore/stream/source-stream.ts",
    find: "const fresh = events.filter(({ offset }) => offset >= part.accepted);",
    replace: "const fresh = events;",
    tests: away,
  },
  {
    name: "dead-letters-not-kept",
    file: "src/featurestore/stream/source-stream.ts",
    find: "if (refused.length > 0) await this.#bury(refused);",
    replace: "",
    tests: folder,
  },
  {
    name: "reset-unseen-by-who-reads",
    file: "src/featurestore/stream/start-stream.ts",
    find: "for (const stream of streams) stream.lookAround().catch(() => undefined);",
    replace: "",
    tests: folder,
  },
  {
    name: "fenced-partition-left-to-nobody",
    file: "src/featurestore/stream/source-stream.ts",
    find: "this.#reading?.retake(error.partition);",
    replace: "",
    tests: folder,
  },
  {
    name: "letters-applied-again",
    file: "src/featurestore/stream/replay-dead-letters.ts",
    find: "return offsets.reduce(filled, stored);",
    replace: "return stored;",
    tests: folder,
  },
  {
    name: "topic-made-anew-read-as-the-old-one",
    file: "src/featurestore/stream/reset-stream.ts",
    find: "isNewTopic\n            ?",
    replace: "isNewTopic && end < 0\n            ?",
    tests: kafka,
  },
  {
    name: "removed-events-passed-over",
    file: "src/featurestore/stream/kafka/topic-reading.ts",
    find: "if (part.next < first || part.next > end || isAnew) throw",
    replace: "if (part.next < 0) throw",
    tests: kafka,
  },
  {
    name: "partition-read-from-the-groups-own-offset",
    file: "src/featurestore/stream/kafka/topic-reading.ts",
    find: "    if (from === part.next) return true;",
    replace: "    if (from >= 0) return true;",
    tests: history,
  },
  {
    name: "cut-off-line-read-as-an-event",
    file: "src/featurestore/stream/folder/ndjson-files.ts",
    find: "if (bytesRead < length || from + length >= size) return undefined;",
    replace:
      "if (bytesRead < length || from + length >= size) return { events: eventsOf(Buffer.concat([bytes, Buffer.of(10)]), from, arrivedAt), next: size, end: size };",
    tests: folder,
  },
  {
    name: "file-made-anew-read-on",
    file: "src/featurestore/stream/folder/ndjson-files.ts",
    find: "if (size < from) throw",
    replace: "if (size < 0) throw",
    tests: folder,
  },
  {
    name: "parquet-replaced-read-on",
    file: "src/featurestore/stream/folder/parquet-files.ts",
    find: "if (from > end || (from > 0 && isAnother)) throw",
    replace: "if (from > end || (from < 0 && isAnother)) throw",
    tests: parquet,
  },
  {
    name: "rows-of-parquet-given-again",
    file: "src/featurestore/stream/folder/parquet-files.ts",
    find: "where ${rowNumber} >= ${String(from)} and",
    replace: "where ${rowNumber} >= ${String(Math.max(0, from - 1))} and",
    tests: parquet,
  },
  {
    name: "integers-of-parquet-rounded",
    file: "src/featurestore/stream/folder/parquet-row-sql.ts",
    find: "else to_json((${value})::varchar) end",
    replace: "else to_json(${value}) end",
    tests: rows,
  },
  {
    name: "missing-elements-of-parquet-left-out",
    file: "src/featurestore/stream/folder/parquet-row-sql.ts",
    find: "list_transform(${quoted}, lambda one:",
    replace: "list_transform(list_filter(${quoted}, lambda one: one is not null), lambda one:",
    tests: rows,
  },
  {
    name: "hidden-files-read",
    file: "src/featurestore/stream/folder/folder-event-log.ts",
    find: '!name.startsWith(".") && ',
    replace: "",
    tests: parquet,
  },
  {
    name: "milliseconds-taken-for-microseconds",
    file: "src/featurestore/stream/decode-event.ts",
    find: "const micros = Math.round(value * 1000);",
    replace: "const micros = Math.round(value);",
    tests: decode,
  },
  {
    name: "number-beyond-all-floats-left-out-of-a-list",
    file: "src/featurestore/stream/decode-event.ts",
    find: 'if (typeof value === "number" && !Number.isFinite(value)) return {};',
    replace: "",
    tests: decode,
  },
  {
    name: "length-of-avro-believed",
    file: "src/featurestore/stream/avro/avro-bytes.ts",
    find: "if (length > this.left) throw truncated();",
    replace: "if (length > this.left) this.#at = this.#bytes.length - length;",
    tests: avro,
  },
  {
    name: "integers-of-avro-rounded",
    file: "src/featurestore/stream/avro/avro-bytes.ts",
    find: "return normalInt((folded >> 1n) ^ -(folded & 1n));",
    replace: "return Number((folded >> 1n) ^ -(folded & 1n));",
    tests: golden,
  },
  {
    name: "bytes-behind-avro-passed-over",
    file: "src/featurestore/stream/avro/decode-avro.ts",
    find: "if (bytes.left > 0) throw",
    replace: "if (bytes.left < 0) throw",
    tests: golden,
  },
  {
    name: "fingerprint-read-from-its-other-end",
    file: "src/featurestore/stream/avro/avro-framing.ts",
    find: "view.getBigUint64(2, true)",
    replace: "view.getBigUint64(2)",
    tests: golden,
  },
  {
    name: "schema-not-held-against-columns",
    file: "src/featurestore/stream/event-formats.ts",
    find: "if (plan !== undefined) formats?.get(topic)?.(plan);",
    replace: "if (plan === undefined) formats?.get(topic)?.(plan);",
    tests: ["test/featurestore/stream/avro/avro-topics.test.ts"],
  },
  {
    name: "buffer-without-a-bound",
    file: "src/featurestore/stream/event-buffer.ts",
    find: "while (this.#bytes > this.#limit && !signal.aborted)",
    replace: "while (this.#bytes < 0 && !signal.aborted)",
    tests: buffer,
  },
  {
    name: "held-rows-not-counted",
    file: "src/featurestore/online/codec/pushed-codec.ts",
    find: "if ((f64[at + 1] ?? 0) > moment) rows++;",
    replace: "if ((f64[at + 1] ?? 0) > moment + 1e18) rows++;",
    tests: ["test/featurestore/pushed/push.test.ts", ...lmdb],
  },
  {
    name: "folds-across-the-moment-of-a-load",
    file: "src/featurestore/pushed/fold-rows.ts",
    find: "[...new Set([...loaded, ...cuts.map(({ at }) => at)])]",
    replace: "[...new Set(loaded)]",
    tests: folds,
  },
  {
    name: "folds-of-the-definitions-before",
    file: "src/featurestore/pushed/fold-rows.ts",
    find: "at > current && layout !== digest",
    replace: 'at > current && layout === ""',
    tests: folds,
  },
  {
    name: "future-rows-folded",
    file: "src/featurestore/pushed/fold-rows.ts",
    find: " && t < limit);",
    replace: ");",
    tests: folds,
  },
  {
    name: "folds-forgotten-that-nothing-was-added-to",
    file: "src/featurestore/pushed/fold-rows.ts",
    find: "        folds.push(...own);\n",
    replace: "",
    tests: folds,
  },
  {
    name: "folded-rows-before-those-of-their-time",
    file: "src/featurestore/online/window-reader.ts",
    find: 'order === "later" ? code.mergeLater : undefined',
    replace: 'order === "later" ? code.merge : undefined',
    tests: folds,
  },
  {
    name: "moment-before-a-fold-answered",
    file: "src/featurestore/online/fold-of.ts",
    find: "if (upTo === undefined || at >= upTo) return;",
    replace: "if (upTo === undefined || at >= 0) return;",
    tests: folds,
  },
  {
    name: "folds-without-a-word-once-rows-were-loaded",
    file: "src/featurestore/online/lmdb/drop-rows.ts",
    find: "const said = folded === undefined || folded <= upTo ? undefined : folded;",
    replace: "const said = undefined;",
    tests: folds,
  },
  {
    name: "fold-of-an-erased-key-kept",
    file: "src/featurestore/pushed/pushed-erasure.ts",
    find: "if (isOfKey) found +=",
    replace: "if (group === overlay) found +=",
    tests: folded,
  },
  {
    name: "load-as-of-a-moment-within-a-fold",
    file: "src/featurestore/materialize/close-pushed.ts",
    find: "if (folded === undefined) return asOf;",
    replace: "if (folded === undefined || asOf > 0) return asOf;",
    tests: folded,
  },
  {
    name: "load-of-a-table-begun-for-what-is-pushed",
    file: "src/featurestore/materialize/close-pushed.ts",
    find: 'source === undefined || source.kind === "table"',
    replace: "source === undefined",
    tests: ["test/featurestore/materialize/close-pushed.test.ts"],
  },
  {
    name: "load-that-begins-before-its-moment-has-come",
    file: "src/featurestore/materialize/close-pushed.ts",
    find: "  await waitUntil(asOf, clock, signal);\n",
    replace: "",
    tests: ahead,
  },
  {
    name: "load-deaf-to-its-signal-while-it-waits",
    file: "src/featurestore/materialize/close-pushed.ts",
    find: "await waitUntil(asOf, clock, signal);",
    replace: "await waitUntil(asOf, clock);",
    tests: ahead,
  },
  {
    name: "moment-of-another-clock-waited-for",
    file: "src/featurestore/materialize/close-pushed.ts",
    find: " || asOf - clock() > longestWait)",
    replace: ")",
    tests: ahead,
  },
  {
    name: "moment-within-a-fold-tried-again",
    file: "src/featurestore/materialize/close-pushed.ts",
    find: "asOf = Math.max(clock(), upTo + firstRoom * 2 ** (turn - 1));",
    replace: "asOf = clock();",
    tests: ahead,
  },
  {
    name: "loads-begun-beside-one-that-cannot-be",
    file: "src/featurestore/online/lmdb/pushed-meta.ts",
    find: "    if (folded.size > 0) return folded;\n",
    replace: "",
    tests: ["test/featurestore/online/lmdb/pushed-meta.test.ts"],
  },
];

export default mutants;
