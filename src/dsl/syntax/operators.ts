/** Functions that compare two values, and the signs that they are written as. */
export const comparisonSigns: ReadonlyMap<string, string> = new Map([
  ["eq", "=="],
  ["ne", "!="],
  ["lt", "<"],
  ["le", "<="],
  ["gt", ">"],
  ["ge", ">="],
]);

/** Functions that compute with two values, and the signs that they are written as. */
export const arithmeticSigns: ReadonlyMap<string, string> = new Map([
  ["add", "+"],
  ["sub", "-"],
  ["mul", "*"],
  ["divide", "/"],
  ["pow", "^"],
]);

/** Both. */
export const operatorSigns: ReadonlyMap<string, string> = new Map([...arithmeticSigns, ...comparisonSigns]);
