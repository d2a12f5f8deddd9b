/** Makes an object of what is given for each of some names. */
export type NamedValues<S, T> = (
  of: (source: S, row: number, place: number) => T,
  source: S,
  row: number,
) => Readonly<Record<string, T>>;

/**
 * Makes objects with these names, in order: each value is what `of` says for the place of its name. Generated, since a literal is made several times as fast
 * as an object whose names are set one by one; where code generation is forbidden they are.
 *
 * @param names each once
 */
export function namedValues<S, T>(names: readonly string[], isGenerated = true): NamedValues<S, T> {
  if (!isGenerated) return oneByOne(names);
  const members = names.map((name, place) => {
    const literal = JSON.stringify(name);
    // As it stands there this one would be no name.
    return `${name === "__proto__" ? `[${literal}]` : literal}: of(source, row, ${String(place)})`;
  });
  try {
    // Names stand in it as texts alone.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    return new Function("of", "source", "row", `"use strict"; return { ${members.join(", ")} };`) as NamedValues<S, T>;
  } catch (error) {
    if (error instanceof EvalError) return oneByOne(names);
    throw error;
  }
}

function oneByOne<S, T>(names: readonly string[]): NamedValues<S, T> {
  // As the parser makes it, it is laid out like a literal; its copies are filled faster than others grow.
  const literal = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null])))) as object;
  return (of, source, row) => {
    const values = { ...literal } as Record<string, T>;
    for (let place = 0; place < names.length; place++) {
      const [name, value] = [names[place] ?? "", of(source, row, place)];
      if (name === "__proto__")
        Object.defineProperty(values, name, { value, writable: true, enumerable: true, configurable: true });
      else values[name] = value;
    }
    return values;
  };
}
