import { render } from "preact";
import { start } from "../theme/start";
import { OfficerPage } from "./OfficerPage";
import "./officer.css";

start("light");
render(<OfficerPage />, document.getElementById("page") as HTMLElement);
