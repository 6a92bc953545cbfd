import { render } from "preact";
import { start } from "../theme/start";
import { TrustPage } from "./TrustPage";
import "./trust.css";

start("light");
render(<TrustPage />, document.getElementById("page") as HTMLElement);
