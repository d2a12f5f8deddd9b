import * as fc from "fast-check";

/** Names that objects of JavaScript have already. */
export const names: readonly string[] = [
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "prototype",
  "length",
  "name",
  "then",
  "eval",
];
/** Names with signs that mean something elsewhere. */
export const strange: readonly string[] = [
  "ü",
  "a b",
  "a'b",
  "a;b",
  "*/",
  "${x}",
  "\u{1F600}",
  "--",
  "a\u00a0b",
  "select",
  "a/b",
  "null",
];
/** Names that only a source's columns may have. */
export const columnsOnly: readonly string[] = ["__proto__", "__defineGetter__", 'a"b', "a\\b", "a:b", "a@b"];

/** Texts that end, open or stand for something in JavaScript or SQL. */
export const hostile: readonly string[] = [
  "'",
  '"',
  "\\",
  "*/",
  "/*",
  "//",
  "--",
  "\u2028",
  "\u2029",
  "\0",
  "\u{1F600}",
  "`",
  "${1}",
  "\r\n",
  "');",
  "$.finite",
  "\u202e",
  "</script>",
];
/** Texts made of such parts. */
export const texts: fc.Arbitrary<string> = fc
  .oneof(
    fc.constantFrom(...hostile),
    fc
      .array(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary", maxLength: 4 })))
      .map((parts) => parts.join("")),
  )
  .filter((text) => text.isWellFormed());
