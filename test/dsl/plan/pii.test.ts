import { describe, expect, it } from "vitest";
import {
  entityFingerprint,
  formatText,
  groupFingerprint,
  piiOf,
  piiOutputs,
  type ProjectPlan,
  sourceFingerprint,
  vectorFingerprint,
} from "../../../src/dsl/index.ts";
import { compileText } from "../check-one.ts";

const text = (pii: (names: string) => string): string => `entity customer (customer_id: string) { owner "us" }
entity card (number: string)
entity region (region: string) { ${pii("region")} }
events payments {
  parquet "payments.parquet"
  columns (customer_id: string, card: string, amount: float, at: timestamp)
  at at
  ${pii("card, amount")}
}
snapshot customers {
  parquet "customers.parquet"
  columns (customer_id: string, email: string, city: string, region: string, at: timestamp)
  at at
  ${pii("email")}
}
group customer:spending from payments by customer_id {
  n_1d = count() over 1d
  cards_1d = distinct(card) over 1d
  sum_1d = sum(amount) over 1d
  last_card = last(card) over 30d
  cards = last_k(card, 3) over 30d
  most = max(amount) over 30d
  top = topk(card, 2) over 30d
  half = most / 2
  rich = most > 100
  fine = n_1d + 1
  listed = count() over 1d where card == "x"
}
group customer:profile from customers by customer_id {
  email, city
  domain = part(email, "@", 1)
  known = email is not missing
}
group card:use from payments by card { n = count() over 1d }
group region:size from customers by region { email }
vector v {
  key who: customer, place: region
  input plate: string, km: float, number: string
  ${pii("plate")}
  cards = len(@customer:spending:cards[who])
  far = km > 5
  plate_length = len(plate)
  n = @customer:spending:n_1d[who]
  used = @card:use:n[number]
}
`;

function compiled(source: string): ProjectPlan {
  const { plan, diagnostics } = compileText(source);
  if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return plan;
}

const marked = compiled(text((names) => `pii ${names}`));
const plain = compiled(text(() => ""));

describe("what is marked as personal", () => {
  it("is carried by what gives values on, and not by what counts, adds up or tells true from false", () => {
    const { keys, features, inputs } = piiOf(marked);
    expect([...features].sort()).toEqual([
      "customer:profile:domain",
      "customer:profile:email",
      "customer:spending:cards",
      "customer:spending:half",
      "customer:spending:last_card",
      "customer:spending:most",
      "customer:spending:top",
      "region:size:email",
    ]);
    expect([...keys].sort()).toEqual(["card.number", "region.region"]);
    expect([...inputs].sort()).toEqual(["v.number", "v.plate"]);
    expect(piiOf(plain)).toEqual({ keys: new Set(), features: new Set(), inputs: new Set() });
  });

  it("is hidden in what a vector is asked with and answers", () => {
    const [vector] = marked.vectors;
    if (vector === undefined) throw new Error("no vector");
    expect([...piiOutputs(vector)].sort()).toEqual([
      "cards",
      "number",
      "place",
      "plate",
      "plate_length",
      "who__customer__spending__cards",
    ]);
  });

  it("changes no fingerprint, since no value depends on it", () => {
    const prints = ({ entities, sources, groups, vectors }: ProjectPlan): unknown => [
      entities.map(entityFingerprint),
      sources.map(sourceFingerprint),
      groups.map((group) => {
        const source = sources.find(({ name }) => name === group.source);
        return source === undefined ? "" : groupFingerprint(group, source);
      }),
      vectors.map(vectorFingerprint),
    ];
    expect(prints(marked)).toEqual(prints(plain));
    expect(marked).not.toEqual(plain);
  });

  it("is formatted in one form, and still is a name elsewhere", () => {
    const source = `entity a (pii: string) {\n  pii   pii\n}\n`;
    expect(formatText({ path: "a.tondo", text: source })).toMatchObject({
      text: "entity a (pii: string) {\n  pii pii\n}\n",
    });
    const used = compiled(
      'entity a (k: string)\nsnapshot s { parquet "x" columns (k: string, pii: float, t: timestamp) at t pii pii }\ngroup a:g from s by k { pii }\nvector v { key a  pii = @a:g:pii | fill(0)  x = pii + 1 }\n',
    );
    expect([...piiOf(used).features]).toEqual(["a:g:pii"]);
  });
});
