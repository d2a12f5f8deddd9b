export { statisticsText } from "./statistics-text.ts";
