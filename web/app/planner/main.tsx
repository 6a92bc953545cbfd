import { render } from "preact";
import { start } from "../theme/start";
import { PlannerPage } from "./PlannerPage";
import "./planner.css";
import "./draft/draft.css";
import "./drawn/drawn.css";
import "./compare/compare.css";

start("dark");
render(<PlannerPage />, document.getElementById("page") as HTMLElement);
