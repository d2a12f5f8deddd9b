export { type LanguageStreams, serveLanguage } from "./serve-language.ts";
