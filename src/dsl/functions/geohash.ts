const digits = "0123456789bcdefghjkmnpqrstuvwxyz";

/** The most characters of a geohash: 60 bits, a cell of 37 by 19 mm at the equator. */
export const maxGeohash = 12;

/**
 * The geohash (Niemeyer 2008) of a place: longitude and latitude halved in turn, the upper half a 1, five bits a character of
 * base 32. All bounds are multiples of a power of 2, so that no bit depends on rounding.
 */
export function geohashOf(lat: number, lon: number, precision: number): string {
  let [south, north, west, east] = [-90, 90, -180, 180];
  let text = "";
  let isLongitude = true;
  for (let i = 0; i < precision; i++) {
    let digit = 0;
    for (let bit = 0; bit < 5; bit++) {
      digit *= 2;
      if (isLongitude) {
        const middle = (west + east) / 2;
        if (lon >= middle) {
          digit++;
          west = middle;
        } else east = middle;
      } else {
        const middle = (south + north) / 2;
        if (lat >= middle) {
          digit++;
          south = middle;
        } else north = middle;
      }
      isLongitude = !isLongitude;
    }
    text += digits.charAt(digit);
  }
  return text;
}
