import { render } from "preact";
import { start } from "../theme/start";
import { CamerasPage } from "./CamerasPage";
import "./cameras.css";
import "./panes.css";

start("dark");
render(<CamerasPage />, document.getElementById("page") as HTMLElement);
