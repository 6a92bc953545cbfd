import { render } from "preact";
import { start } from "../theme/start";
import { RulesPage } from "./RulesPage";
import "./rules.css";
import "./backtest.css";

start("dark");
render(<RulesPage />, document.getElementById("page") as HTMLElement);
