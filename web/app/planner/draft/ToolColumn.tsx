import type { Net } from "../../api/city";
import { useWords } from "../../i18n/language";
import { Icon } from "../../parts/Icon";
import { type ToolName, toolKeys } from "../tools/tool";
import { ToolIcon } from "./ToolIcon";

interface Props {
  net: Net;
  tool: ToolName;
  canUndo: boolean;
  canRedo: boolean;
  onTool(tool: ToolName): void;
  onUndo(way: "undo" | "redo"): void;
}

const groupsOf = (net: Net): readonly (readonly ToolName[])[] => [
  net === "road" ? ["choose", "road"] : ["choose"],
  ["corner", "edge"],
  ["split", "merge", "reshape", "hole"],
  ["snap", "measure"],
];

/** Every tool with its key: nothing is hidden in a menu. */
export function ToolColumn({ net, tool, canUndo, canRedo, onTool, onUndo }: Props) {
  const w = useWords().editing;
  return (
    <div class="tool-column" role="toolbar" aria-label={w.tools} aria-orientation="vertical">
      {groupsOf(net).map((group) => (
        <div key={group[0]} class="tool-group">
          {group.map((name) => (
            <button
              key={name}
              type="button"
              class="tool tool-key"
              data-tool={name}
              aria-pressed={tool === name}
              aria-label={w.tool[name]}
              title={`${w.tool[name]}（${toolKeys[name]}）${w.how[name]}`}
              onClick={() => onTool(name)}
            >
              <ToolIcon name={name} />
              <span class="tool-word">{w.tool[name]}</span>
              <kbd>{toolKeys[name]}</kbd>
            </button>
          ))}
        </div>
      ))}
      <div class="tool-group">
        {(["undo", "redo"] as const).map((way) => (
          <button
            key={way}
            type="button"
            class="tool tool-key"
            data-do={way}
            aria-label={w[way]}
            title={`${w[way]}（${way === "undo" ? "Z / Ctrl+Z" : "Shift+Z / Ctrl+Y"}）`}
            disabled={!(way === "undo" ? canUndo : canRedo)}
            onClick={() => onUndo(way)}
          >
            <Icon name={way} />
            <span class="tool-word">{w[way]}</span>
            <kbd>{way === "undo" ? "Z" : "⇧Z"}</kbd>
          </button>
        ))}
      </div>
    </div>
  );
}
