import { randomNumbers } from "../../../training/fixtures/flights-like.ts";
import { hour, setStart, writeSet } from "../written-set.ts";

/** Writes a set with columns of every kind, drift, missing values, long and hostile names. */
export async function writeStatisticsSet(folder: string): Promise<string> {
  const random = randomNumbers(11);
  const part = (n: number, shift: number): Record<string, (number | string | boolean | null)[]> => {
    const rows = Array.from({ length: n }, () => random() + random() + random());
    const city = [
      "Lyon",
      "<img src=x onerror=alert(1)>",
      "a city with a name that is long enough to be cut",
      "\u202eParis",
      'a role="',
      "",
    ];
    return {
      normal: rows.map((x) => (x > 0.9 ? null : x + shift)),
      skewed: rows.map((x) => Math.exp(4 * x)),
      tiny: rows.map((x) => x * 1e-9),
      vast: rows.map((x) => x * 1e17),
      moment: rows.map((_, i) => setStart + i * hour),
      wait: rows.map((x) => Math.round(Math.abs(x) * hour * 5)),
      city: rows.map((x, i) => city[(i + (x > shift ? 1 : 0)) % city.length] ?? null),
      flag: rows.map((x) => x > shift),
      none: rows.map(() => null),
      same: rows.map(() => 1),
      store__restaurant__kitchen__a_feature_with_a_long_name_7d: rows.map((x) => x * x),
      "</style><b>": rows.map((x) => Math.round(x * 3)),
      minutes: rows.map((x) => 3 * x + random()),
    };
  };
  const [train, holdout] = [part(400, 0), part(200, 0.3)];
  const types = { moment: "timestamp", wait: "duration", city: "string", flag: "bool", "</style><b>": "int" } as const;
  return writeSet(
    folder,
    Object.fromEntries(
      Object.keys(train).map((name) => [
        name,
        {
          type: `${name in types ? types[name as keyof typeof types] : "float"}?` as const,
          role: name === "minutes" ? "label" : name.startsWith("store__") ? "raw" : "slot",
          train: train[name] ?? [],
          holdout: holdout[name] ?? [],
        },
      ]),
    ),
  );
}
