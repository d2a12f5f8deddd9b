import { type CstNode, CstParser, type ParserMethod } from "chevrotain";
import * as t from "./tokens.ts";

type Rule = ParserMethod<[], CstNode>;

/**
 * The grammar, one rule a form. Precedence, loosest first: `|`, `??`, `or`, `and`, `not`, comparisons (`==` ... `in`,
 * `is missing`; they do not chain), `+ -`, `* /`, unary `-`, `^` (to the right), calls. Words are contextual: what
 * stands behind a word says whether it is a keyword.
 */
class Grammar extends CstParser {
  constructor() {
    super(t.allTokens, { maxLookahead: 3, recoveryEnabled: false, nodeLocationTracking: "full" });
    this.performSelfAnalysis();
  }

  readonly declaration: Rule = this.RULE("declaration", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.entity) },
      { ALT: () => this.SUBRULE(this.source) },
      { ALT: () => this.SUBRULE(this.group) },
      { ALT: () => this.SUBRULE(this.vector) },
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
      this.MANY(() => this.SUBRULE(this.property));
      this.CONSUME(t.RightBrace);
    });
  });

  readonly typedName: Rule = this.RULE("typedName", () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
  });

  readonly type: Rule = this.RULE("type", () => {
    this.CONSUME(t.Name);
    this.OPTION(() => this.CONSUME(t.Question));
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
      ]),
    );
    this.CONSUME(t.RightBrace);
  });

  readonly transport: Rule = this.RULE("transport", () => {
    this.OR([{ ALT: () => this.CONSUME(t.Parquet) }, { ALT: () => this.CONSUME(t.Csv) }]);
    this.CONSUME(t.StringLiteral);
    this.OPTION(() => {
      this.CONSUME(t.Known);
      this.SUBRULE(this.expression);
    });
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

  /** `a, b` takes columns as they are; `name = expression` defines. */
  readonly definition: Rule = this.RULE("definition", () => {
    this.CONSUME(t.Name);
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

  readonly expression: Rule = this.RULE("expression", () => {
    this.SUBRULE(this.orElse);
    this.MANY(() => {
      this.CONSUME(t.Pipe);
      this.SUBRULE(this.pipeStep);
    });
  });

  readonly pipeStep: Rule = this.RULE("pipeStep", () => {
    this.CONSUME(t.Name);
    this.OPTION(() => this.SUBRULE(this.args));
  });

  readonly orElse: Rule = this.RULE("orElse", () => {
    this.SUBRULE(this.disjunction);
    this.MANY(() => {
      this.CONSUME(t.OrElse);
      this.SUBRULE2(this.disjunction);
    });
  });

  readonly disjunction: Rule = this.RULE("disjunction", () => {
    this.SUBRULE(this.conjunction);
    this.MANY(() => {
      this.CONSUME(t.Or);
      this.SUBRULE2(this.conjunction);
    });
  });

  readonly conjunction: Rule = this.RULE("conjunction", () => {
    this.SUBRULE(this.negation);
    this.MANY(() => {
      this.CONSUME(t.And);
      this.SUBRULE2(this.negation);
    });
  });

  readonly negation: Rule = this.RULE("negation", () => {
    this.MANY(() => this.CONSUME(t.Not));
    this.SUBRULE(this.comparison);
  });

  readonly comparison: Rule = this.RULE("comparison", () => {
    this.SUBRULE(this.sum);
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

  readonly compared: Rule = this.RULE("compared", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Equal) },
      { ALT: () => this.CONSUME(t.NotEqual) },
      { ALT: () => this.CONSUME(t.Less) },
      { ALT: () => this.CONSUME(t.LessEqual) },
      { ALT: () => this.CONSUME(t.Greater) },
      { ALT: () => this.CONSUME(t.GreaterEqual) },
    ]);
    this.SUBRULE(this.sum);
  });

  readonly sum: Rule = this.RULE("sum", () => {
    this.SUBRULE(this.product);
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Plus) }, { ALT: () => this.CONSUME(t.Minus) }]);
      this.SUBRULE2(this.product);
    });
  });

  readonly product: Rule = this.RULE("product", () => {
    this.SUBRULE(this.unary);
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Star) }, { ALT: () => this.CONSUME(t.Slash) }]);
      this.SUBRULE2(this.unary);
    });
  });

  readonly unary: Rule = this.RULE("unary", () => {
    this.MANY(() => this.CONSUME(t.Minus));
    this.SUBRULE(this.power);
  });

  readonly power: Rule = this.RULE("power", () => {
    this.SUBRULE(this.primary);
    this.OPTION(() => {
      this.CONSUME(t.Caret);
      this.SUBRULE(this.unary);
    });
  });

  readonly primary: Rule = this.RULE("primary", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.LeftParen);
          this.SUBRULE(this.expression);
          this.CONSUME(t.RightParen);
        },
      },
      { ALT: () => this.SUBRULE(this.reference) },
      { ALT: () => this.SUBRULE(this.call) },
      { ALT: () => this.CONSUME(t.Name) },
      { ALT: () => this.CONSUME(t.Now) },
      { ALT: () => this.SUBRULE(this.literal) },
      { ALT: () => this.SUBRULE(this.list) },
    ]);
  });

  readonly literal: Rule = this.RULE("literal", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.NumberLiteral) },
      { ALT: () => this.CONSUME(t.StringLiteral) },
      { ALT: () => this.CONSUME(t.DurationLiteral) },
      { ALT: () => this.CONSUME(t.True) },
      { ALT: () => this.CONSUME(t.False) },
      { ALT: () => this.CONSUME(t.Missing) },
    ]);
  });

  readonly list: Rule = this.RULE("list", () => {
    this.CONSUME(t.LeftBracket);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.expression) });
    this.CONSUME(t.RightBracket);
  });

  readonly reference: Rule = this.RULE("reference", () => {
    this.CONSUME(t.Reference);
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.CONSUME2(t.Name);
    this.CONSUME2(t.Colon);
    this.CONSUME3(t.Name);
    this.OPTION(() => this.SUBRULE(this.list));
  });

  readonly call: Rule = this.RULE("call", () => {
    this.CONSUME(t.Name);
    this.SUBRULE(this.args);
    this.OPTION(() => {
      this.CONSUME(t.Over);
      this.OPTION2(() => this.CONSUME(t.Next));
      this.CONSUME(t.DurationLiteral);
      this.OPTION3(() => {
        this.CONSUME(t.Where);
        this.SUBRULE(this.disjunction);
      });
    });
  });

  readonly args: Rule = this.RULE("args", () => {
    this.CONSUME(t.LeftParen);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.arg) });
    this.CONSUME(t.RightParen);
  });

  readonly arg: Rule = this.RULE("arg", () => {
    this.OPTION(() => {
      this.CONSUME(t.Name);
      this.CONSUME(t.Colon);
    });
    this.SUBRULE(this.expression);
  });
}

/** The one parser; it keeps no state between declarations. */
export const grammar: Grammar = new Grammar();
