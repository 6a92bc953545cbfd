import type { Feature, FeatureCollection, Position } from "geojson";
import {
  type ExpressionSpecification,
  type GeoJSONSource,
  Map as Gl,
  type MapLayerMouseEvent,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Alert, Camera, Grid, Net } from "../api/city";
import { motionReduced, theme } from "../theme/theme";
import { askAgain } from "./askAgain";
import { type AlertFeature, feature, shapeFeature } from "./features";
import { Flow } from "./flow";
import { nameLabels } from "./labels";
import { images, sharpness } from "./marks";
import { type Bounds, circle } from "./measure";
import { Pulse } from "./pulse";
import { cityStyle, type Switch, switchable } from "./style";
import { type ThingKind, thingLayers } from "./things";

setWorkerUrl(workerUrl);

export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

export interface HoveredGrid {
  net: Net;
  code: string;
  name: string;
  street: string;
  /** What is drawn here stands for several grids. */
  several: boolean;
}

/** What the page hears from the map. Every handler is optional. */
export interface CityMapEvents {
  onAlerts?(ids: number[], at: Position): void;
  onCamera?(id: string, at: Position): void;
  onGrid?(grid: HoveredGrid): void;
  /** A fence, permit or place was hit; reports whether that is what the click meant. */
  onThing?(kind: ThingKind, id: string): boolean;
  /** Any click, before what it hit. */
  onClick?(at: Position): void;
  onHover?(grid: HoveredGrid | null, x: number, y: number): void;
  onMove?(view: View): void;
}

export interface CityMapOptions extends CityMapEvents {
  container: HTMLElement;
  view: View | null;
  /** Where to look first when there is no view. */
  bounds: Bounds;
  label: string;
}

const font = '"PingFang SC", "Microsoft YaHei", "Noto Sans SC", "WenQuanYi Zen Hei", sans-serif';
/** What a click means, the first that is hit. */
const clickable = ["alert-mark", "chosen-mark", "camera"];
/** A road corridor lies over its community: it is asked first. */
const gridLayers = ["road-fill", "community-fill"];
/** From here on every grid is drawn by itself, however many there are. */
const singleGridZoom = 11;
/** Pixels of room around what is fitted. */
const margin = 48;

/** The city's map: both nets, what stands on them, and what people choose. It knows nothing of the page around it. */
export class CityMap {
  readonly gl: Gl;
  readonly ready: Promise<void>;
  readonly #events: CityMapEvents;
  readonly #flow: Flow;
  readonly #pulse: Pulse;
  readonly #unwatch: () => void;
  readonly #hidden = new Set<Switch>();
  #at: string | undefined;
  #hovered: HoveredGrid | null = null;
  #blind: readonly Grid["properties"]["code"][] = [];
  #chosenGrid: string | null = null;
  #fenceInHand: string | null = null;
  #lights = true;
  #data = new Map<string, FeatureCollection>();

  constructor({ container, view, bounds, label, ...events }: CityMapOptions) {
    this.#events = events;
    this.gl = new Gl({
      container,
      style: cityStyle(location.origin),
      ...(view === null
        ? { bounds, fitBoundsOptions: { padding: margin } }
        : { center: [view.lon, view.lat] as [number, number], zoom: view.zoom }),
      minZoom: 8,
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      // Marks must never be half there: no cross-fade while the map draws the pulse.
      fadeDuration: 0,
      localIdeographFontFamily: font,
      locale: { "Map.Title": label },
    });
    this.gl.touchZoomRotate.disableRotation();
    this.gl.keyboard.disableRotation();
    this.gl.addControl(new ScaleControl({ maxWidth: 100 }), "bottom-left");
    this.#putImages();
    this.#flow = new Flow({
      updateData: async ({ add, remove }, total) => {
        await this.ready;
        await this.gl.getSource<GeoJSONSource>("alerts")?.updateData({ add, remove });
        // For whoever cannot see the map: the browser tests.
        container.dataset.alerts = String(total);
      },
    });
    this.#pulse = new Pulse(this.gl);
    this.ready = new Promise((resolve) => {
      this.gl.once("load", () => {
        this.#pulse.start();
        resolve();
      });
    });
    this.#listen();
    this.#unwatch = theme.watch(() => this.#redress());
  }

  destroy(): void {
    this.#unwatch();
    this.#flow.stop();
    this.#pulse.stop();
    this.gl.remove();
  }

  showAlerts(features: readonly AlertFeature[]): void {
    this.#flow.show(features);
  }

  showCameras(cameras: readonly Camera[]): void {
    this.#put(
      "cameras",
      cameras.map(({ id, state, lon, lat }) => ({
        type: "Feature",
        geometry: { type: "Point", coordinates: [lon, lat] },
        properties: { id, state },
      })),
    );
    const seen = new Set(
      cameras.flatMap(({ state, grid }) => (state === "online" && grid ? [grid.code] : [])),
    );
    this.#blind = cameras.flatMap(({ state, grid }) =>
      state === "offline" && grid !== null && !seen.has(grid.code) ? [grid.code] : [],
    );
    void this.ready.then(() => this.#filterGrids());
  }

  showNames(grids: readonly Grid[]): void {
    this.#put("names", nameLabels(grids));
  }

  showThings(kind: "permits" | "places", features: readonly Feature[]): void {
    this.#put(kind, [...features]);
  }

  /** The fence that the page itself draws, because it is being changed; every other as the service has it now. */
  takeFence(id: string | null): void {
    this.#fenceInHand = id;
    void this.ready.then(() => {
      this.#filterFences();
      this.gl.refreshTiles("fences");
    });
  }

  /** The alert that is open: its mark over all others, and how far its place may be off. */
  choose(alert: Alert | null): void {
    if (alert === null) {
      this.#put("chosen", []);
      return;
    }
    const area =
      alert.grounded && alert.sigma_m > 0 ? circle([alert.lon, alert.lat], 2 * alert.sigma_m) : alert.area;
    this.#put("chosen", [...(area === null ? [] : [shapeFeature(area)]), feature(alert)]);
  }

  /** Whether the grid under the pointer is lit and named; not where clicks mean something else. */
  lightGrids(on: boolean): void {
    this.#lights = on;
    if (!on) this.#hoverGrid(null, 0, 0);
  }

  chooseGrid(code: string | null): void {
    this.#chosenGrid = code;
    void this.ready.then(() => this.#filterGrids());
  }

  /** One spot that matters now: where the officer stands, or what the planner asked about. */
  showSpot(at: Position | null): void {
    this.#put("spot", at === null ? [] : [shapeFeature({ type: "Point", coordinates: at })]);
  }

  /** Shows the boundaries as they were, or will be, at a moment. */
  asOf(at: string | undefined): void {
    if (at === this.#at) return;
    this.#at = at;
    void this.ready.then(() => {
      for (const net of ["community", "road"]) {
        const source = this.gl.getSource(net);
        const url = `${location.origin}/tiles/${net}/{z}/{x}/{y}.mvt`;
        (source as unknown as { setTiles(tiles: string[]): void }).setTiles([
          at === undefined ? url : `${url}?at=${encodeURIComponent(at)}`,
        ]);
      }
    });
  }

  /**
   * Boundaries of a net changed within the bounds, anywhere where there are none: the tiles that show them are asked for
   * again, and the old ones stay until the new ones are there.
   */
  changed(net: Net, bounds: Bounds | null): void {
    void this.ready.then(() => {
      // A tile that is on its way may have been drawn before the change: it is asked for again once it is there.
      if (!this.gl.isSourceLoaded(net)) this.gl.once("idle", () => askAgain(this.gl, net, bounds));
      askAgain(this.gl, net, bounds);
    });
  }

  toggle(what: Switch, visible: boolean): void {
    if (visible) this.#hidden.delete(what);
    else this.#hidden.add(what);
    void this.ready.then(() => this.#showLayers());
  }

  look(at: Position, zoom = Math.max(this.gl.getZoom(), 15)): void {
    const [lon = 0, lat = 0] = at;
    this.#travel({ center: [lon, lat], zoom });
  }

  fit(bounds: Bounds, maxZoom = 16): void {
    const camera = this.gl.cameraForBounds(bounds, { padding: margin, maxZoom });
    // A map that is smaller than its margins fits nothing.
    if (camera?.center !== undefined && Number.isFinite(camera.zoom)) {
      this.#travel({ center: camera.center, zoom: camera.zoom ?? maxZoom });
    }
  }

  zoomBy(steps: number): void {
    this.gl.easeTo({ zoom: this.gl.getZoom() + steps, duration: motionReduced() ? 0 : 200 });
  }

  /** Moves only when the place is not well in sight, so that an operator's map keeps its place. */
  reveal(at: Position): void {
    const [lon = 0, lat = 0] = at;
    const { x, y } = this.gl.project([lon, lat]);
    const { clientWidth: width, clientHeight: height } = this.gl.getContainer();
    if (x > 40 && y > 40 && x < width - 40 && y < height - 40) return;
    this.#travel({ center: [lon, lat], zoom: this.gl.getZoom() });
  }

  #travel(to: { center: Parameters<Gl["easeTo"]>[0]["center"] & {}; zoom: number }): void {
    this.gl.easeTo({ ...to, duration: motionReduced() ? 0 : 600 });
  }

  /** Puts features into a source; kept, so that they survive a new style. */
  #put(source: string, features: Feature[]): void {
    const data: FeatureCollection = { type: "FeatureCollection", features };
    this.#data.set(source, data);
    void this.ready.then(() => this.gl.getSource<GeoJSONSource>(source)?.setData(data));
  }

  #putImages(): void {
    for (const { name, data } of images()) {
      if (this.gl.hasImage(name)) this.gl.updateImage(name, data);
      else this.gl.addImage(name, data, { pixelRatio: sharpness });
    }
  }

  /** The theme changed: the same map in other colours. */
  #redress(): void {
    void this.ready.then(() => {
      this.gl.setStyle(cityStyle(location.origin), { diff: true });
      this.#putImages();
      this.#showLayers();
      this.#filterGrids();
      this.#filterFences();
      for (const [source, data] of this.#data) void this.gl.getSource<GeoJSONSource>(source)?.setData(data);
      this.#flow.forget();
      const at = this.#at;
      this.#at = undefined;
      this.asOf(at);
    });
  }

  #showLayers(): void {
    const hidden = new Set<string>([...this.#hidden].flatMap((what) => switchable[what]));
    for (const layer of Object.values(switchable).flat()) {
      this.gl.setLayoutProperty(layer, "visibility", hidden.has(layer) ? "none" : "visible");
    }
  }

  #filterGrids(): void {
    const among = (codes: readonly string[]): ExpressionSpecification => [
      "in",
      ["get", "code"],
      ["literal", [...codes]],
    ];
    for (const net of ["community", "road"]) {
      this.gl.setFilter(`${net}-blind`, among(this.#blind));
      this.gl.setFilter(`${net}-chosen`, among(this.#chosenGrid === null ? [] : [this.#chosenGrid]));
    }
  }

  #filterFences(): void {
    for (const layer of switchable.fences)
      this.gl.setFilter(layer, ["!=", ["get", "id"], this.#fenceInHand ?? ""]);
  }

  #listen(): void {
    const { gl } = this;
    gl.on("moveend", () => {
      const { lng, lat } = gl.getCenter();
      this.#events.onMove?.({ lon: lng, lat, zoom: gl.getZoom() });
    });
    gl.on("idle", () => this.#tellState("idle"));
    for (const busy of ["movestart", "dataloading", "resize"] as const) {
      gl.on(busy, () => this.#tellState("drawing"));
    }
    gl.on("mousemove", (event) => this.#hover(event));
    gl.on("mouseout", () => this.#hoverGrid(null, 0, 0));
    gl.on("click", (event) => void this.#click(event));
  }

  /** Says on the page whether everything is drawn; pictures are taken of an idle map. */
  #tellState(state: "drawing" | "idle"): void {
    this.gl.getContainer().dataset.state = state;
  }

  #hover(event: MapLayerMouseEvent): void {
    const { gl } = this;
    const over = this.#hits(event, clickable).length > 0;
    const grid = over || !this.#lights ? null : this.#gridAt(event);
    gl.getCanvas().style.cursor =
      over || (grid !== null && this.#events.onGrid !== undefined) ? "pointer" : "";
    this.#hoverGrid(grid, event.point.x, event.point.y);
  }

  #hoverGrid(grid: HoveredGrid | null, x: number, y: number): void {
    const { gl } = this;
    const before = this.#hovered;
    if (before?.code !== grid?.code || before?.net !== grid?.net) {
      if (before !== null) this.#mark(before, false);
      if (grid !== null) this.#mark(grid, true);
      this.#hovered = grid;
    }
    this.#events.onHover?.(grid, x, y);
    if (grid === null) gl.getCanvas().style.cursor ||= "";
  }

  #mark({ net, code }: HoveredGrid, hover: boolean): void {
    this.gl.setFeatureState({ source: net, sourceLayer: net, id: code }, { hover });
  }

  async #click(event: MapLayerMouseEvent): Promise<void> {
    const at: Position = [event.lngLat.lng, event.lngLat.lat];
    this.#events.onClick?.(at);
    const thing = this.#hits(event, Object.keys(thingLayers))[0];
    const kind = thing === undefined ? undefined : thingLayers[thing.layer.id];
    if (kind !== undefined && this.#events.onThing?.(kind, String(thing?.properties.id))) return;
    const hit = this.#hits(event, clickable)[0];
    if (hit === undefined) {
      const grid = this.#gridAt(event);
      // Several grids drawn as one, because they are many: nearer, each can be chosen.
      if (grid?.several) this.look(at, singleGridZoom);
      else if (grid !== null) this.#events.onGrid?.(grid);
      return;
    }
    const place = hit.geometry.type === "Point" ? hit.geometry.coordinates : at;
    if (hit.layer.id === "camera") {
      this.#events.onCamera?.(String(hit.properties.id), place);
    } else if (hit.properties.cluster === true) {
      await this.#openCluster(Number(hit.properties.cluster_id), Number(hit.properties.point_count), place);
    } else if (hit.id !== undefined) {
      this.#events.onAlerts?.([Number(hit.id)], place);
    }
  }

  /** Zooms in until a cluster falls apart; where it never does, several alerts stand on one spot and are listed. */
  async #openCluster(cluster: number, count: number, at: Position): Promise<void> {
    const source = this.gl.getSource<GeoJSONSource>("alerts");
    if (source === undefined) return;
    const zoom = await source.getClusterExpansionZoom(cluster);
    if (zoom <= 18) {
      this.look(at, zoom + 0.2);
      return;
    }
    const leaves = await source.getClusterLeaves(cluster, count, 0);
    this.#events.onAlerts?.(
      leaves.map((leaf) => Number(leaf.id)),
      at,
    );
  }

  #gridAt(event: MapLayerMouseEvent): HoveredGrid | null {
    const hit = this.#hits(event, gridLayers)[0];
    if (hit === undefined) return null;
    const { code, name, street, kind } = hit.properties;
    return {
      net: hit.source as Net,
      code: String(code),
      name: String(name),
      street: String(street ?? ""),
      several: kind === "parent",
    };
  }

  #hits(event: MapLayerMouseEvent, layers: string[]) {
    const present = layers.filter((layer) => this.gl.getLayer(layer) !== undefined);
    return this.gl.queryRenderedFeatures(event.point, { layers: present });
  }
}
