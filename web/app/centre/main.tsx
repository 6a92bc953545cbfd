import { render } from "preact";
import { start } from "../theme/start";
import { CentrePage } from "./CentrePage";
import "./centre.css";
import "./list.css";
import "./news.css";
import "./day.css";
import "./panel.css";
import "./whynot.css";
import "./phone.css";

start("dark");
render(<CentrePage />, document.getElementById("page") as HTMLElement);
