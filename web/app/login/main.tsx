import { render } from "preact";
import { start } from "../theme/start";
import { LoginPage } from "./LoginPage";
import "./login.css";

start("dark");
render(<LoginPage />, document.getElementById("page") as HTMLElement);
