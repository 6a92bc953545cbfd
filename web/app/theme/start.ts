import { announceLanguage } from "../i18n/language";
import "./base.css";
import "../parts/parts.css";
import { startTheme, type Theme } from "./theme";

/** What every page does before it draws anything. */
export function start(theme: Theme): void {
  startTheme(theme, document.documentElement.dataset.page ?? "");
  announceLanguage();
}
