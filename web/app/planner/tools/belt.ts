import { ChooseTool } from "./choose";
import { CornerTool } from "./corner";
import { EdgeTool } from "./edge";
import { HoleTool } from "./hole";
import { LineTool, measuring, reshaping, splitting } from "./line";
import { MergeTool } from "./merge";
import { RoadTool } from "./road";
import type { Desk, Tool, ToolName } from "./tool";

/** A tool of the name, fresh in hand. Snapping chooses grids; what to snap to is asked beside it. */
export function take(name: ToolName, desk: Desk): Tool {
  switch (name) {
    case "choose":
    case "snap":
      return new ChooseTool(desk, name);
    case "road":
      return new RoadTool(desk);
    case "corner":
      return new CornerTool(desk);
    case "edge":
      return new EdgeTool(desk);
    case "split":
      return new LineTool(desk, splitting);
    case "reshape":
      return new LineTool(desk, reshaping);
    case "measure":
      return new LineTool(desk, measuring);
    case "merge":
      return new MergeTool(desk);
    case "hole":
      return new HoleTool(desk);
  }
}
