import { type VectorPlan, compile, parseProject } from "../../src/dsl/index.ts";

const slots = (s11: string, s17: string): string => `
  let mean = @shop:kitchen:mean_7d ?? 15
  s1 = mean
  s2 = @shop:kitchen:mean_1d - mean
  s3 = (@shop:kitchen:n_1h ?? 0) | log1p
  s4 = @shop:kitchen:n_1d / 24
  s5 = km | clip(0, 50)
  s6 = km * km
  s7 = sqrt(km)
  s8 = items * 2 + 1
  s9 = haversine(lat, lon, @shop:profile:lat, @shop:profile:lon)
  s10 = bucket(@shop:profile:seats, [10, 20, 50, 100])
  s11 = ${s11}
  s12 = @shop:profile:rating ?? 3.5
  s13 = if(km > 10 and items > 3, 1, 0)
  s14 = len(@shop:profile:name)
  s15 = starts_with(lower(@shop:profile:name), "the ")
  s16 = @shop:profile:kind in ["thai", "pizza", "sushi"]
  s17 = ${s17}
  s18 = @shop:profile:kind | onehot(["thai"])
  s19 = max(@shop:kitchen:mean_7d, @shop:kitchen:mean_1d)`;

const world = `
entity shop (shop_id: string)
events orders {
  parquet "orders/*.parquet"
  columns (shop_id: string, ordered_at: timestamp, minutes: float)
  at ordered_at
}
snapshot shops {
  parquet "shops/*.parquet"
  columns (shop_id: string, updated_at: timestamp, kind: string, seats: int, lat: float, lon: float, rating: float, name: string, tz: string)
  at updated_at
}
group shop:kitchen from orders by shop_id {
  mean_7d = mean(minutes) over 7d
  mean_1d = mean(minutes) over 1d
  n_1h = count() over 1h
  n_1d = count() over 1d
}
group shop:profile from shops by shop_id {
  kind, seats, lat, lon, rating, name, tz
}
vector five {
  key shop
  input km: float, items: int
  a = @shop:kitchen:mean_7d * 2 + 1
  b = (@shop:kitchen:n_1h ?? 0) / 60
  c = km * km
  d = @shop:kitchen:mean_1d - @shop:kitchen:mean_7d
  e = items + 1
}
vector two {
  key shop
  input km: float, items: int
  squared = km * km
  load = items * 2 + 1
}
vector twenty {
  key shop
  input km: float, items: int, lat: float, lon: float
${slots("@shop:profile:rating is missing", "hour(now) | cyclic(24)")}
}
vector zones {
  key shop
  input km: float, items: int, lat: float, lon: float
${slots("dow(now, tz: @shop:profile:tz)", "hour(now, tz: @shop:profile:tz) | cyclic(24)")}
}
`;

/** The plan of a vector of the benchmarks. */
export function vectorPlan(name: string): VectorPlan {
  const { plan, diagnostics } = compile(parseProject([{ path: "benchmark.tondo", text: world }]), new Map());
  const vector = plan?.vectors.find((candidate) => candidate.name === name);
  if (vector === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return vector;
}

/** Groups of fifty features each and the source they belong to, as text. */
export function manyFeatures(groups: number): string {
  const lines = [world];
  for (let group = 0; group < groups; group++) {
    lines.push(
      `/// Group ${String(group)}.`,
      `group shop:g${String(group)} from orders by shop_id {`,
      `  owner "team"`,
    );
    for (let feature = 0; feature < 50; feature++) {
      const name = `f${String(feature)}`;
      if (feature % 5 < 3) {
        lines.push(
          `  /// What ${name} is.`,
          `  ${name} = mean(minutes * ${String(feature + 1)}) over ${String(feature + 1)}h where minutes > ${String(group)}`,
        );
      } else {
        lines.push(
          `  ${name} = (f${String(feature - (feature % 5))} ?? 0) / (1 + abs(f${String(feature - (feature % 5) + 1)} ?? ${String(feature)}))`,
        );
      }
    }
    lines.push("}");
  }
  return lines.join("\n");
}
