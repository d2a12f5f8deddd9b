import { ExpressionGrammar, type Rule } from "./expression-grammar.ts";
import * as t from "./tokens.ts";

/**
 * The grammar of declarations, one rule a form. Words are contextual: what stands behind a word says whether it is a
 * keyword.
 */
class Grammar extends ExpressionGrammar {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  readonly declaration: Rule = this.RULE("declaration", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.entity) },
      { ALT: () => this.SUBRULE(this.source) },
      { ALT: () => this.SUBRULE(this.group) },
      { ALT: () => this.SUBRULE(this.vector) },
      { ALT: () => this.SUBRULE(this.test) },
    ]);
  });

  readonly entity: Rule = this.RULE("entity", () => {
    this.CONSUME(t.Entity);
    this.CONSUME(t.Name);
    this.CONSUME(t.LeftParen);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.typedName) });
    this.CONSUME(t.RightParen);
    this.OPTION(() => {
      this.CONSUME(t.LeftBrace);
      this.MANY(() => this.OR([{ ALT: () => this.SUBRULE(this.property) }, { ALT: () => this.SUBRULE(this.pii) }]));
      this.CONSUME(t.RightBrace);
    });
  });

  /** `pii email, phone`: whose values are nobody's business. */
  readonly pii: Rule = this.RULE("pii", () => {
    this.CONSUME(t.Pii);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.CONSUME(t.Name) });
  });

  readonly typedName: Rule = this.RULE("typedName", () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
  });

  /** `float?`, `list<string>`, `embedding(8)`. */
  readonly type: Rule = this.RULE("type", () => {
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Less);
      this.SUBRULE(this.elementType);
      this.CONSUME(t.Greater);
    });
    this.OPTION2(() => this.SUBRULE(this.size));
    this.OPTION3(() => this.CONSUME(t.Question));
  });

  /** Not `type` again: a list of lists is read, so that the checker can say what is wrong, and nothing deeper is. */
  readonly elementType: Rule = this.RULE("elementType", () => {
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Less);
      this.CONSUME2(t.Name);
      this.CONSUME(t.Greater);
    });
    this.OPTION2(() => this.SUBRULE(this.size));
    this.OPTION3(() => this.CONSUME(t.Question));
  });

  readonly size: Rule = this.RULE("size", () => {
    this.CONSUME(t.LeftParen);
    this.OPTION(() => this.CONSUME(t.Minus));
    this.CONSUME(t.NumberLiteral);
    this.CONSUME(t.RightParen);
  });

  readonly property: Rule = this.RULE("property", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Owner);
          this.CONSUME(t.StringLiteral);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Description);
          this.CONSUME2(t.StringLiteral);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Sla);
          this.CONSUME(t.DurationLiteral);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Ttl);
          this.CONSUME2(t.DurationLiteral);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Hop);
          this.CONSUME3(t.DurationLiteral);
        },
      },
    ]);
  });

  readonly source: Rule = this.RULE("source", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Events) },
      { ALT: () => this.CONSUME(t.Snapshot) },
      { ALT: () => this.CONSUME(t.Table) },
    ]);
    this.CONSUME(t.Name);
    this.CONSUME(t.LeftBrace);
    this.MANY(() =>
      this.OR2([
        { ALT: () => this.SUBRULE(this.property) },
        { ALT: () => this.SUBRULE(this.transport) },
        { ALT: () => this.SUBRULE(this.columns) },
        { ALT: () => this.SUBRULE(this.at) },
        { ALT: () => this.SUBRULE(this.id) },
        { ALT: () => this.SUBRULE(this.deleted) },
        { ALT: () => this.SUBRULE(this.pii) },
      ]),
    );
    this.CONSUME(t.RightBrace);
  });

  readonly transport: Rule = this.RULE("transport", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Parquet) },
      { ALT: () => this.CONSUME(t.Csv) },
      { ALT: () => this.CONSUME(t.Arrow) },
      { ALT: () => this.CONSUME(t.Kafka) },
      { ALT: () => this.CONSUME(t.Postgres) },
    ]);
    this.CONSUME(t.StringLiteral);
    this.MANY(() => {
      this.OR2([
        { ALT: () => this.SUBRULE(this.known) },
        { ALT: () => this.SUBRULE(this.lag) },
        { ALT: () => this.SUBRULE(this.cursor) },
        { ALT: () => this.SUBRULE(this.lookback) },
      ]);
    });
  });

  readonly known: Rule = this.RULE("known", () => {
    this.CONSUME(t.Known);
    this.SUBRULE(this.expression);
  });

  readonly lag: Rule = this.RULE("lag", () => {
    this.CONSUME(t.Lag);
    this.CONSUME(t.DurationLiteral);
  });

  /** `cursor updated_at`: the column by which what is new in a table is found. */
  readonly cursor: Rule = this.RULE("cursor", () => {
    this.CONSUME(t.Cursor);
    this.CONSUME(t.Name);
  });

  /** `lookback 10m`, or `lookback 1000` of a cursor that counts. */
  readonly lookback: Rule = this.RULE("lookback", () => {
    this.CONSUME(t.Lookback);
    this.OR([{ ALT: () => this.CONSUME(t.DurationLiteral) }, { ALT: () => this.CONSUME(t.NumberLiteral) }]);
  });

  readonly columns: Rule = this.RULE("columns", () => {
    this.CONSUME(t.Columns);
    this.CONSUME(t.LeftParen);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.typedName) });
    this.CONSUME(t.RightParen);
  });

  readonly at: Rule = this.RULE("at", () => {
    this.CONSUME(t.AtMoment);
    this.SUBRULE(this.expression);
  });

  readonly id: Rule = this.RULE("id", () => {
    this.CONSUME(t.Id);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.expression) });
  });

  readonly deleted: Rule = this.RULE("deleted", () => {
    this.CONSUME(t.Deleted);
    this.SUBRULE(this.expression);
  });

  readonly group: Rule = this.RULE("group", () => {
    this.CONSUME(t.Group);
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.CONSUME2(t.Name);
    this.CONSUME(t.From);
    this.CONSUME3(t.Name);
    this.CONSUME(t.By);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.byItem) });
    this.CONSUME(t.LeftBrace);
    this.MANY(() =>
      this.OR([{ ALT: () => this.SUBRULE(this.property) }, { ALT: () => this.SUBRULE(this.definition) }]),
    );
    this.CONSUME(t.RightBrace);
  });

  readonly byItem: Rule = this.RULE("byItem", () => {
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(t.As);
      this.CONSUME(t.Name);
    });
  });

  /** `a, b` takes columns as they are; `name = expression` and `name@2 = expression` define. */
  readonly definition: Rule = this.RULE("definition", () => {
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Reference);
      this.CONSUME(t.NumberLiteral);
    });
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Assign);
          this.SUBRULE(this.expression);
        },
      },
      {
        ALT: () =>
          this.MANY(() => {
            this.CONSUME(t.Comma);
            this.CONSUME2(t.Name);
          }),
      },
    ]);
  });

  readonly vector: Rule = this.RULE("vector", () => {
    this.CONSUME(t.Vector);
    this.CONSUME(t.Name);
    this.CONSUME(t.LeftBrace);
    this.MANY(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.property) },
        { ALT: () => this.SUBRULE(this.roles) },
        { ALT: () => this.SUBRULE(this.inputs) },
        { ALT: () => this.SUBRULE(this.pii) },
        { ALT: () => this.SUBRULE(this.step) },
        { ALT: () => this.SUBRULE(this.label) },
        { ALT: () => this.SUBRULE(this.slot) },
      ]),
    );
    this.CONSUME(t.RightBrace);
  });

  readonly roles: Rule = this.RULE("roles", () => {
    this.CONSUME(t.Key);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.role) });
  });

  readonly role: Rule = this.RULE("role", () => {
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.CONSUME2(t.Name);
    });
  });

  readonly inputs: Rule = this.RULE("inputs", () => {
    this.CONSUME(t.Input);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.typedName) });
  });

  readonly step: Rule = this.RULE("step", () => {
    this.CONSUME(t.Let);
    this.CONSUME(t.Name);
    this.CONSUME(t.Assign);
    this.SUBRULE(this.expression);
  });

  readonly label: Rule = this.RULE("label", () => {
    this.CONSUME(t.Label);
    this.CONSUME(t.Name);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Assign);
          this.SUBRULE(this.expression);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Colon);
          this.SUBRULE(this.type);
          this.OPTION(() => {
            this.CONSUME(t.Known);
            this.SUBRULE2(this.expression);
          });
        },
      },
    ]);
  });

  readonly slot: Rule = this.RULE("slot", () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Assign);
    this.SUBRULE(this.expression);
  });

  readonly test: Rule = this.RULE("test", () => {
    this.CONSUME(t.Test);
    this.CONSUME(t.StringLiteral);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => this.OR([{ ALT: () => this.SUBRULE(this.given) }, { ALT: () => this.SUBRULE(this.expectation) }]));
    this.CONSUME(t.RightBrace);
  });

  /** `given orders by kafka { id: 1, at: "12:00" }`: one row. */
  readonly given: Rule = this.RULE("given", () => {
    this.CONSUME(t.Given);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.By);
      this.OR([
        { ALT: () => this.CONSUME(t.Parquet) },
        { ALT: () => this.CONSUME(t.Csv) },
        { ALT: () => this.CONSUME(t.Arrow) },
        { ALT: () => this.CONSUME(t.Kafka) },
        { ALT: () => this.CONSUME(t.Postgres) },
      ]);
    });
    this.CONSUME(t.LeftBrace);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.cell) });
    this.CONSUME(t.RightBrace);
  });

  readonly cell: Rule = this.RULE("cell", () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
  });

  /** `expect value at "12:05" == 1`, or `expect condition at "12:05"`. */
  readonly expectation: Rule = this.RULE("expectation", () => {
    this.CONSUME(t.Expect);
    this.SUBRULE(this.expression);
    this.CONSUME(t.AtMoment);
    this.CONSUME(t.StringLiteral);
    this.OPTION(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.compared) },
        {
          ALT: () => {
            this.OPTION2(() => this.CONSUME(t.Not));
            this.CONSUME(t.In);
            this.SUBRULE(this.list);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Is);
            this.OPTION3(() => this.CONSUME2(t.Not));
            this.CONSUME(t.Missing);
          },
        },
      ]),
    );
  });
}

/** The one parser; it keeps no state between declarations. */
export const grammar: Grammar = new Grammar();
