/**
 * The macros that DuckDB needs before any SQL made here runs on a connection.
 *
 * `tondo_int` and `tondo_float` are the language's rules for results: adding 0 makes -0 into 0, and costs less than asking for it; a comparison with
 * the largest numbers would cost less than `isfinite`, but footers of Parquet say nothing of NaN, and DuckDB believes them. `tondo_micros` brings a
 * timestamp into the language's domain; `tondo_exact(h, l)` rounds the exact sum h + l * 2^-62 to the nearest double, ties to even
 * (a plain cast of a HUGEINT is not correctly rounded): the magnitude is cut to 62 bits of which the last says whether
 * anything was cut, which one conversion then rounds.
 */
export const duckdbMacros: readonly string[] = [
  "create or replace temp macro tondo_int(x) as case when x between -9007199254740991 and 9007199254740991 then x::bigint end",
  "create or replace temp macro tondo_float(x) as case when isfinite(x) then x + 0e0 end",
  "create or replace temp macro tondo_domain(x) as case when abs(x) < 4611686018427387904e0 then x end",
  // Compared as a timestamp: the bounds leave out the infinities too, and costs less than asking for the microseconds twice.
  "create or replace temp macro tondo_micros(x) as case when x between make_timestamp(-9007199254740991) and make_timestamp(9007199254740991) then epoch_us(x) end",
  "create or replace temp macro tondo_days(x) as case when isfinite(x) then (x - date '1970-01-01')::bigint end",
  // The digits of a 62-bit integer in base 2^31 around zero; see the state of `var`.
  "create or replace temp macro tondo_high_digit(x) as ((x + 1073741824) >> 31)",
  "create or replace temp macro tondo_low_digit(x) as (x - ((x + 1073741824) >> 31) * 2147483648)",
  // The exponent of a double and six bits of its fraction, rounded half up; see `quantile`.
  "create or replace temp macro tondo_bucket(x) as (case when x < 0 then -1 else 1 end * least((abs(x)::bit::bigint + 35184372088832) >> 46, 131007))::int",
  // From 16 hexadecimal digits a register of 12 bits and the place of the first one among the others; see `approx_distinct`.
  "create or replace temp macro tondo_rank(rest) as case when rest = 0 then 53 else 53 - length(bin(rest)) end",
  "create or replace temp macro tondo_register(h) as (('0x' || substr(h, 1, 3))::int * 64 + tondo_rank(('0x' || substr(h, 4, 13))::bigint))::int",
  "create or replace temp macro tondo_cut(m, s) as ((m >> s) | (case when (m & ((1::hugeint << s) - 1)) <> 0 then 1 else 0 end)::hugeint)::bigint::double * power(2e0, s)",
  `create or replace temp macro tondo_round(m) as case
    when m < 4611686018427387904::hugeint then m::bigint::double
    ${[8, 16, 24, 32, 40, 48, 56].map((s) => `when m < (1::hugeint << ${String(62 + s)}) then tondo_cut(m, ${String(s)})`).join("\n    ")}
    else tondo_cut(m, 64) end`,
  "create or replace temp macro tondo_scaled(q, unit) as case when q < 0 then -tondo_round(-q) else tondo_round(q) end * unit",
  // A whole part of 63 bits or less leaves room for all 62 bits of the rest; a wider one drops 32 of them into a sticky bit.
  `create or replace temp macro tondo_exact_parts(hh, ll) as case
    when abs(hh) < 9223372036854775807::hugeint
      then tondo_scaled(hh * 4611686018427387904::hugeint + ll, 2.168404344971009e-19)
      else tondo_scaled(hh * 1073741824::hugeint + ((ll >> 32) | (ll & 4294967295::hugeint > 0)::hugeint), 9.313225746154785e-10) end`,
  "create or replace temp macro tondo_exact(h, l) as tondo_exact_parts(h + (l >> 62), l & 4611686018427387903::hugeint)",
];
