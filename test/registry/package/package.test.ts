import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../src/core/index.ts";
import { buildPackage, defaultLimits, readPackage } from "../../../src/registry/index.ts";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const sample = { "manifest.json": "{}", "weights/a.bin": new Uint8Array([1, 2, 3]), "model.json": '{"x":"ü"}' };

describe("a package", () => {
  it("gives back the files that went in", () => {
    const bytes = buildPackage(sample);
    const found = readPackage(bytes);
    expect(found.digest).toBe(sha256(bytes));
    expect([...found.files.keys()]).toEqual(["manifest.json", "model.json", "weights/a.bin"]);
    expect(text(found.files.get("model.json"))).toBe('{"x":"ü"}');
    expect(found.files.get("weights/a.bin")).toEqual(new Uint8Array([1, 2, 3]));
  });

  it("is the same bytes whatever the order of its files, the time and the zone", () => {
    const reversed = Object.fromEntries(Object.entries(sample).reverse());
    expect(sha256(buildPackage(reversed))).toBe(sha256(buildPackage(sample)));
    const program = `const { buildPackage } = await import(${JSON.stringify(new URL("../../../src/registry/index.ts", import.meta.url).href)});
      const { createHash } = await import("node:crypto");
      console.log(createHash("sha256").update(buildPackage({ "a.json": "{}", "b.json": "[]" })).digest("hex"));`;
    const digests = ["UTC", "Asia/Kathmandu", "America/Los_Angeles"].map((zone) =>
      execFileSync(process.execPath, ["--input-type=module", "-e", program], {
        encoding: "utf8",
        env: { ...process.env, TZ: zone },
      }).trim(),
    );
    expect(new Set(digests).size).toBe(1);
    // Written down, since packages of older releases must stay what they are.
    expect(digests[0]).toBe("b1f29be51aab4263763461b8941b7573be14697232397e931a48e2b81c3cc9ac");
  });

  it.each(["/etc/passwd", "../up", "a/../b", "a\\b", "C:\\x", "", "a//b", ".hidden", "a/", "__proto__", "a\0b", "ü"])(
    "has no file named %j",
    (name) => {
      expect(() => buildPackage({ [name]: "" })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    },
  );

  it("has no two files that differ only in case", () => {
    expect(() => buildPackage({ "a.json": "", "A.json": "" })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });

  it("is refused above the limits, before it is unpacked", () => {
    const bytes = buildPackage({ "a.bin": new Uint8Array(1000), "b.bin": new Uint8Array(1000) });
    for (const limits of [{ maxPackageBytes: 1500 }, { maxPackageFiles: 1 }]) {
      const tight = { ...defaultLimits, ...limits };
      expect(() => readPackage(bytes, tight)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
      expect(() => buildPackage({ "a.bin": new Uint8Array(1000), "b.bin": new Uint8Array(1000) }, tight)).toThrow(
        expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
      );
    }
  });
});

describe("a hostile ZIP", () => {
  const refused = (bytes: Uint8Array): void => {
    expect(() => readPackage(bytes)).toThrow(expect.objectContaining({ code: "PACKAGE_CORRUPT" }));
  };

  it("may be deflated, but not a bomb", () => {
    const packed = zipSync({ "a.txt": new TextEncoder().encode("abc ".repeat(100)) }, { level: 9 });
    expect(text(readPackage(packed).files.get("a.txt"))).toBe("abc ".repeat(100));
    refused(zipSync({ "a.bin": new Uint8Array(10_000_000) }, { level: 9 }));
  });

  it("that claims less than it unpacks to is refused", () => {
    const packed = Buffer.from(zipSync({ "a.txt": new TextEncoder().encode("abc ".repeat(100)) }, { level: 9 }));
    const directory = packed.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    packed.writeUInt32LE(40, 22);
    packed.writeUInt32LE(40, directory + 24);
    refused(packed);
  });

  it.each(["/abs", "../up", "a\\b", "a/../../b"])("with a file named %j is refused", (name) => {
    refused(zipSync({ [name]: new Uint8Array(1) }, { level: 0 }));
  });

  it("with one name twice is refused", () => {
    const twice = Buffer.from(zipSync({ "a.json": new Uint8Array(1), "b.json": new Uint8Array(1) }, { level: 0 }));
    for (let at = twice.indexOf("b.json"); at >= 0; at = twice.indexOf("b.json")) twice.write("a.json", at);
    refused(twice);
  });

  it("whose two headers name different files is refused", () => {
    const bytes = Buffer.from(buildPackage({ "a.json": "x" }));
    bytes.write("b.json", bytes.indexOf("a.json"));
    refused(bytes);
  });

  it("with bytes in front, behind or between is refused", () => {
    const bytes = buildPackage({ "a.json": "x" });
    refused(Buffer.concat([Buffer.from("x"), bytes]));
    refused(Buffer.concat([bytes, Buffer.from("x")]));
    refused(new Uint8Array(0));
    refused(bytes.subarray(0, bytes.length - 1));
  });

  it("is refused wherever a single byte of it was changed, or read as the same files", () => {
    const bytes = buildPackage({ "a.json": '{"x":1}', "b/c.json": "[2]" });
    const files = readPackage(bytes).files;
    let refusals = 0;
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      try {
        // Fields that say nothing about the content, such as who made it: the digest tells.
        expect(new Map(readPackage(changed).files)).toEqual(files);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/PACKAGE_CORRUPT|LIMIT_EXCEEDED/) as string });
        refusals++;
      }
    }
    expect(refusals).toBeGreaterThan(bytes.length / 2);
  });
});
