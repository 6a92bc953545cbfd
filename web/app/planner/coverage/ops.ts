import { boundaryOf, pointOf } from "./plane";
import { reshape } from "./reshape";
import { snap } from "./snapping";
import { split } from "./split";
import type { Command } from "./types";
import { deleteVertex, insertVertex, moveEdge, moveVertex } from "./vertex";
import { assignHole, create, describe, merge, remove, replace } from "./whole";
import type { Work } from "./work";

/** Works out what the command makes of the grids. */
export function run(work: Work, command: Command): void {
  switch (command.op) {
    case "move_vertex":
      moveVertex(work, pointOf(command.from), pointOf(command.to));
      break;
    case "insert_vertex":
      insertVertex(work, { a: pointOf(command.edge[0]), b: pointOf(command.edge[1]) }, pointOf(command.at));
      break;
    case "delete_vertex":
      deleteVertex(work, pointOf(command.at));
      break;
    case "move_edge":
      moveEdge(work, { a: pointOf(command.edge[0]), b: pointOf(command.edge[1]) }, pointOf(command.by));
      break;
    case "split": {
      const keep = command.keep === undefined ? null : pointOf(command.keep);
      split(work, command.code, command.line.map(pointOf), command.new, keep);
      break;
    }
    case "merge":
      merge(work, command.codes, command.into);
      break;
    case "reshape":
      reshape(work, command.code, command.line.map(pointOf));
      break;
    case "assign_hole":
      assignHole(work, pointOf(command.at), command.code);
      break;
    case "snap": {
      const lines = (command.lines ?? []).map((line) => line.map(pointOf));
      snap(work, command.codes, lines, command.tolerance_m);
      break;
    }
    case "create": {
      const { geometry, code = "", name = "", kind = "", street = "" } = command.grid;
      create(work, { code, name, kind, street, boundary: boundaryOf(geometry) });
      break;
    }
    case "replace":
      replace(work, command.code, boundaryOf(command.geometry));
      break;
    case "delete":
      remove(work, command.code);
      break;
    case "describe":
      describe(work, command.code, command);
      break;
  }
}
