import { render } from "preact";
import { start } from "../theme/start";
import { PlannerPage } from "./PlannerPage";
import "./planner.css";

start("dark");
render(<PlannerPage />, document.getElementById("page") as HTMLElement);
