import type { ToolName } from "../tools/tool";

/** Each tool as a picture of what it does to a border. */
const paths: Record<ToolName, string> = {
  choose: "M5 3.500 15 10l-4.600 1.100L8 15.500Z",
  road: "M5 17 8 3M15 17 12 3M10 4v2.500M10 9v2.500M10 14v2.500",
  corner: "M3.500 15 9 6.500 16.500 13M6.800 4.300h4.400v4.400H6.800Z",
  edge: "M3.500 14.500 12 6M8 3.500 6.500 8 11 9.500M12.500 16 14 11.500 9.500 10",
  split: "M4 4h12v12H4ZM7.500 2 12.500 18",
  merge: "M3 5h5.500v10H3ZM11.500 5H17v10h-5.500ZM8.500 10h3",
  reshape: "M4 16V5.500h12V16M4 16c3-5 4 2 6.500-2.500S14 14 16 16",
  hole: "M3.500 3.500h13v13h-13ZM7.500 8h5v4.500h-5ZM10 10.200v.1",
  snap: "M5 4v6a5 5 0 0 0 10 0V4M5 4h3v6a2 2 0 0 0 4 0V4h3M5 7h3M12 7h3",
  measure: "M3 13 13 3l4 4L7 17ZM6 10l1.500 1.500M8.500 7.500 10 9M11 5l1.500 1.500",
};

export function ToolIcon({ name }: { name: ToolName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
