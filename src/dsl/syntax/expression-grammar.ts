import { type CstNode, CstParser, type ParserMethod } from "chevrotain";
import * as t from "./tokens.ts";

/** A rule of the grammar. */
export type Rule = ParserMethod<[], CstNode>;

/**
 * The grammar of expressions. Precedence, loosest first: `|`, `??`, `or`, `and`, `not`, comparisons (`==` ... `in`,
 * `is missing`; they do not chain), `+ -`, `* /`, unary `-`, `^` (to the right), calls.
 */
export class ExpressionGrammar extends CstParser {
  constructor() {
    super(t.allTokens, { maxLookahead: 3, recoveryEnabled: false, nodeLocationTracking: "full" });
  }

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
      {
        ALT: () => {
          this.CONSUME(t.Name);
          this.OPTION(() => {
            this.CONSUME(t.Reference);
            this.CONSUME(t.NumberLiteral);
          });
        },
      },
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
    this.OPTION(() => {
      this.CONSUME2(t.Reference);
      this.CONSUME(t.NumberLiteral);
    });
    this.OPTION2(() => this.SUBRULE(this.list));
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
