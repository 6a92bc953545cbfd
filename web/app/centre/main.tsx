import { render } from "preact";
import { start } from "../theme/start";
import { CentrePage } from "./CentrePage";
import "./centre.css";
import "./panel.css";

start("dark");
render(<CentrePage />, document.getElementById("page") as HTMLElement);
