import { render } from "preact";
import { start } from "../theme/start";
import { OfficerPage } from "./OfficerPage";
import "./officer.css";
import "./cards.css";
import "./alert.css";
import "./me.css";

start("light");
render(<OfficerPage />, document.getElementById("page") as HTMLElement);
