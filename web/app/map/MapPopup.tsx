import type { Position } from "geojson";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { CityMap } from "./CityMap";

interface Props {
  map: CityMap;
  at: Position;
  label: string;
  onClose(): void;
  children: ComponentChildren;
}

/** A card that stays beside a place of the map while the map moves, always inside the map's frame. */
export function MapPopup({ map, at, label, onClose, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [lon = 0, lat = 0] = at;

  useLayoutEffect(() => {
    const place = () => {
      const card = box.current;
      if (card === null) return;
      const { x, y } = map.gl.project([lon, lat]);
      const { clientWidth: width, clientHeight: height } = map.gl.getContainer();
      const left = Math.min(Math.max(8, x - card.offsetWidth / 2), width - card.offsetWidth - 8);
      const below = y + 24 + card.offsetHeight < height;
      const top = below ? y + 24 : Math.max(8, y - 24 - card.offsetHeight);
      card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    };
    place();
    map.gl.on("move", place);
    const grown = new ResizeObserver(place);
    if (box.current !== null) grown.observe(box.current);
    return () => {
      grown.disconnect();
      map.gl.off("move", place);
    };
  }, [map, lon, lat, children]);

  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, [onClose]);

  return (
    <div class="map-popup" ref={box} role="dialog" aria-label={label}>
      {children}
    </div>
  );
}
