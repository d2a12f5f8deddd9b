import type { Mutant } from "../scripts/mutants/mutant.ts";

const suite = ["test/registry/registry-sqlite.test.ts"];

const releases = ["test/registry/releases-sqlite.test.ts"];

const mutants: readonly Mutant[] = [
  {
    name: "compare-and-set-ignored",
    file: "src/registry/tags/set-tags.ts",
    find: "if (one?.expected === undefined || one.expected === now) return;",
    replace: "if (now !== undefined) return;",
    tests: suite,
  },
  {
    name: "fallback-skips-a-level",
    file: "src/registry/resolution/model-snapshot.ts",
    find: "node = node.parent)",
    replace: "node = node.parent?.parent)",
    tests: suite,
  },
  {
    name: "skipped-level-untold",
    file: "src/registry/resolution/resolve.ts",
    find: "ways.slice(0, depth)",
    replace: "ways.slice(0, depth - 1)",
    tests: suite,
  },
  {
    name: "same-content-registered-twice",
    file: "src/registry/versions/register-versions.ts",
    find: "const known = await findByContent(transaction, group);",
    replace: "const known = new Map<string, ModelVersion>();",
    tests: suite,
  },
  {
    name: "row-before-package",
    file: "src/registry/versions/register-versions.ts",
    find: "await eachConcurrently(concurrentPuts, checked, ({ bytes }) => context.artifacts.put(bytes));",
    replace: "setTimeout(() => void eachConcurrently(1, checked, ({ bytes }) => context.artifacts.put(bytes)), 50);",
    tests: suite,
  },
  {
    name: "log-follows-a-clock-that-goes-back",
    file: "src/registry/models/lock-model.ts",
    find: "case when changed_at > ${now} then changed_at else ${now} end",
    replace: "${now}",
    tests: suite,
  },
  {
    name: "snapshot-never-stale",
    file: "src/registry/resolution/resolver.ts",
    find: "(ageMs(model) ?? Infinity) <= maxStalenessMs",
    replace: "(ageMs(model) ?? Infinity) < Infinity",
    tests: suite,
  },
  {
    name: "changed-package-accepted",
    file: "src/registry/artifacts/folder-artifacts.ts",
    find: "if (actual === digest) return bytes;",
    replace: "if (actual !== '') return bytes;",
    tests: ["test/registry/artifacts/folder-artifacts.test.ts"],
  },
  {
    name: "bomb-unpacked",
    file: "src/registry/package/read-package.ts",
    find: "if (size > data.length * maxRatio)",
    replace: "if (size < 0)",
    tests: ["test/registry/package/package.test.ts"],
  },
  {
    name: "checksum-unread",
    file: "src/registry/package/read-package.ts",
    find: "if (crc32(content) !== entry.crc)",
    replace: "if (crc32(content) < 0)",
    tests: ["test/registry/package/package.test.ts"],
  },
  {
    name: "release-leaves-nodes-that-it-has-not-got",
    file: "src/registry/releases/promote.ts",
    find: "if (!nodes.has(path)) nodes.set(path, null);",
    replace: "if (nodes.size === 0) nodes.set(path, null);",
    tests: releases,
  },
  {
    name: "rollback-takes-the-same-change-back-again",
    file: "src/registry/releases/rollback.ts",
    find: "if (entry.undoes !== null) gone.add(entry.undoes);",
    replace: "if (entry.undoes !== null) gone.add(entry.changeId);",
    tests: releases,
  },
  {
    name: "rollback-forgets-the-release-before",
    file: "src/registry/releases/rollback.ts",
    find: "const { changeId: undone, previousReleaseId: releaseId } = last;",
    replace: "const { changeId: undone, releaseId } = last;",
    tests: releases,
  },
  {
    name: "tag-stays-on-its-release-where-a-node-moves",
    file: "src/registry/tags/move-tag.ts",
    find: "releaseId === undefined ? (moves === 0 ? before : null) : releaseId",
    replace: "releaseId === undefined ? before : releaseId",
    tests: releases,
  },
  {
    name: "pinned-node-logged-as-none",
    file: "src/registry/tags/move-tag.ts",
    find: "const { version_id: previous_version_id, pinned: previous_pinned } = targetColumns(now);",
    replace: "const { version_id: previous_version_id } = targetColumns(now);\n      const previous_pinned = 0;",
    tests: releases,
  },
  {
    name: "pinned-node-not-told-of-from-memory",
    file: "src/registry/resolution/model-snapshot.ts",
    find: "isPinned: node.pinned.has(tag) };",
    replace: "isPinned: false };",
    tests: releases,
  },
  {
    name: "changes-numbered-with-gaps",
    file: "src/registry/changes/record-change.ts",
    find: "const first = head.seq - changes.length + 1;",
    replace: "const first = head.seq * 2 - changes.length + 1;",
    tests: releases,
  },
  {
    name: "base-of-a-release-left-out",
    file: "src/registry/releases/create-release.ts",
    find: "from === undefined ? new Map<string, TagTarget>() : await nodesOf(transaction, from.id);",
    replace: "new Map<string, TagTarget>();",
    tests: releases,
  },
];

export default mutants;
