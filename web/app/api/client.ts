import { keptAt } from "../state/kept";
import {
  AlertDetail,
  AlertPage,
  Camera,
  CameraList,
  FenceCollection,
  GridCollection,
  Me,
  type Net,
  Place,
  Precedence,
  type PrecedenceRule,
  Trust,
  type Verdict,
} from "./city";
import {
  Beat,
  type BeatChange,
  BeatList,
  Check,
  Commanded,
  Draft,
  DraftList,
  DraftLog,
  Impact,
  Import,
  type LogEntry,
  MendList,
} from "./editions";
import { Problem, Unreachable } from "./problem";
import { Backtest, BacktestList, type BacktestRequest, PrecisionList, RuleList } from "./rules";
import {
  AddedView,
  Calibration,
  type CameraChange,
  CameraSetup,
  type FenceChange,
  LiveAnswer,
  Overlay,
  type OverlayItem,
  type Pair,
  type Permit,
  PermitList,
  type PlaceClass,
  PlaceClasses,
  PlaceList,
  Trial,
  type Uncovered,
  UncoveredList,
  type WatchedPlace,
} from "./setup";
import type { Shape } from "./shape";
import { DwellingList, Trace } from "./watching";

export interface AlertQuery {
  state?: string;
  matter?: string;
  since?: string;
  limit?: number;
  cursor?: string;
}

/** What an officer says when a matter is handled. */
export interface Report {
  note: string;
  photo?: Blob;
}

type Fetch = typeof globalThis.fetch;

/** The service's HTTP contract, typed and checked. Every method rejects with Problem, Unreachable or ShapeError. */
export class Api {
  readonly #fetch: Fetch;
  /** When the last list of alerts was true, milliseconds since 1970: a device without a signal shows what it kept. */
  alertsAsOf = 0;

  constructor(fetch: Fetch = (input, init) => globalThis.fetch(input, init)) {
    this.#fetch = fetch;
  }

  async signIn(username: string, password: string): Promise<void> {
    await this.#send("POST", "/api/session", json({ username, password }));
  }

  async signOut(): Promise<void> {
    await this.#send("DELETE", "/api/session");
  }

  trust(): Promise<Trust> {
    return this.#read(Trust, "/api/trust");
  }

  me(): Promise<Me> {
    return this.#read(Me, "/api/me");
  }

  async alerts(query: AlertQuery): Promise<AlertPage> {
    const response = await this.#send("GET", `/api/alerts${search({ ...query })}`);
    this.alertsAsOf = keptAt(response) ?? Date.now();
    return this.#decode(AlertPage, response);
  }

  alert(id: number): Promise<AlertDetail> {
    return this.#read(AlertDetail, `/api/alerts/${id}`);
  }

  /** key names the deed to the service: one that is sent again does nothing twice. */
  acknowledge(id: number, key = ""): Promise<AlertDetail> {
    return this.#do(AlertDetail, `/api/alerts/${id}/acknowledge`, keyed(json({}), key));
  }

  arrive(id: number, key = ""): Promise<AlertDetail> {
    return this.#do(AlertDetail, `/api/alerts/${id}/arrive`, keyed(json({}), key));
  }

  handle(id: number, report: Report, key = ""): Promise<AlertDetail> {
    if (report.photo === undefined) {
      return this.#do(AlertDetail, `/api/alerts/${id}/handle`, keyed(json({ note: report.note }), key));
    }
    const form = new FormData();
    form.set("note", report.note);
    form.set("photo", report.photo, "photo.jpg");
    return this.#do(AlertDetail, `/api/alerts/${id}/handle`, keyed({ body: form }, key));
  }

  /** Whether the alert was right. It is sent even when the page is closed meanwhile. */
  verdict(id: number, verdict: Verdict, note: string): Promise<AlertDetail> {
    return this.#do(AlertDetail, `/api/alerts/${id}/verdict`, {
      ...json({ verdict, note }),
      keepalive: true,
    });
  }

  /** What stays inside a fence now. */
  dwelling(): Promise<DwellingList> {
    return this.#read(DwellingList, "/api/dwelling");
  }

  /** What stopped each candidate of a camera; the last minute where no time is given. */
  trace(camera: string, from?: string, until?: string): Promise<Trace> {
    return this.#read(Trace, `/api/cameras/${encodeURIComponent(camera)}/trace${search({ from, until })}`);
  }

  rules(): Promise<RuleList> {
    return this.#read(RuleList, "/api/rules");
  }

  precision(days: number): Promise<PrecisionList> {
    return this.#read(PrecisionList, `/api/precision${search({ days })}`);
  }

  /** Sets the verdicts so far aside: the rule is trusted at the camera again. */
  async trustAgain(rule: string, camera: string): Promise<void> {
    await this.#send("POST", "/api/precision/reset", json({ rule, camera }));
  }

  backtests(): Promise<BacktestList> {
    return this.#read(BacktestList, "/api/backtests");
  }

  backtest(id: string): Promise<Backtest> {
    return this.#read(Backtest, `/api/backtests/${encodeURIComponent(id)}`);
  }

  startBacktest(request: BacktestRequest): Promise<Backtest> {
    return this.#do(Backtest, "/api/backtests", json(request));
  }

  /** Puts the changes of a back-test into force, or gives them up. */
  decideBacktest(id: string, decision: "publish" | "discard"): Promise<Backtest> {
    return this.#do(Backtest, `/api/backtests/${encodeURIComponent(id)}/${decision}`, json({}));
  }

  /** The grids of a net; at is a moment, and now where it is left out. */
  grids(net: Net, at?: string): Promise<GridCollection> {
    return this.#read(GridCollection, `/api/grids${search({ net, at })}`);
  }

  locate(lon: number, lat: number, at?: string): Promise<Place> {
    return this.#read(Place, `/api/locate${search({ lon: lon.toFixed(7), lat: lat.toFixed(7), at })}`);
  }

  async precedence(): Promise<PrecedenceRule[]> {
    return (await this.#read(Precedence, "/api/precedence")).items;
  }

  cameras(): Promise<CameraList> {
    return this.#read(CameraList, "/api/cameras");
  }

  /** Takes what a camera that has moved shows for what the view shall show. */
  /** Takes the pose that the camera shows now as a new view of it. */
  addView(camera: string): Promise<AddedView> {
    return this.#do(AddedView, `/api/cameras/${encodeURIComponent(camera)}/views`, json({}));
  }

  takeView(camera: string, view: string, keepCalibration: boolean): Promise<Camera> {
    return this.#do(
      Camera,
      `/api/cameras/${encodeURIComponent(camera)}/reference`,
      json({ view, keep_calibration: keepCalibration }),
    );
  }

  fences(): Promise<FenceCollection> {
    return this.#read(FenceCollection, "/api/fences");
  }

  camera(id: string): Promise<CameraSetup> {
    return this.#read(CameraSetup, `/api/cameras/${encodeURIComponent(id)}`);
  }

  addCamera(camera: CameraChange): Promise<CameraSetup> {
    return this.#do(CameraSetup, "/api/cameras", json(camera));
  }

  putCamera(id: string, camera: CameraChange): Promise<CameraSetup> {
    return this.#put(CameraSetup, `/api/cameras/${encodeURIComponent(id)}`, camera);
  }

  async deleteCamera(id: string): Promise<void> {
    await this.#send("DELETE", `/api/cameras/${encodeURIComponent(id)}`);
  }

  /** Sees what a source shows; of a known camera the password need not be typed again. */
  tryCamera(source: string, camera: string): Promise<Trial> {
    return this.#do(Trial, "/api/cameras/try", json({ source, camera }));
  }

  calibrate(pairs: readonly Pair[], lon: number, lat: number): Promise<Calibration> {
    return this.#do(Calibration, "/api/calibrate", json({ pairs, lon, lat }));
  }

  async overlay(id: string): Promise<OverlayItem[]> {
    return (await this.#read(Overlay, `/api/cameras/${encodeURIComponent(id)}/overlay`)).items;
  }

  async putPlace(id: string, place: Omit<WatchedPlace, "id">): Promise<void> {
    await this.#send("PUT", `/api/places/${encodeURIComponent(id)}`, json(place));
  }

  async deletePlace(id: string): Promise<void> {
    await this.#send("DELETE", `/api/places/${encodeURIComponent(id)}`);
  }

  /** The places that are watched, and the classes that they can be of. */
  places(): Promise<PlaceList> {
    return this.#read(PlaceList, "/api/places");
  }

  async placeClasses(): Promise<PlaceClass[]> {
    return (await this.#read(PlaceClasses, "/api/places")).classes;
  }

  async uncovered(): Promise<Uncovered[]> {
    return (await this.#read(UncoveredList, "/api/uncovered")).items;
  }

  /** The camera's newest picture as an object URL, which the caller revokes. */
  async still(id: string): Promise<string> {
    const response = await this.#send("GET", `/api/cameras/${encodeURIComponent(id)}/still`);
    return URL.createObjectURL(await response.blob());
  }

  /** The service's answer to a browser's offer to watch by WebRTC. */
  async live(id: string, sdp: string): Promise<string> {
    return (await this.#do(LiveAnswer, `/api/cameras/${encodeURIComponent(id)}/live`, json({ sdp }))).sdp;
  }

  async putFence(id: string, fence: FenceChange): Promise<void> {
    const { area, view, frame, ...rest } = fence;
    const drawn = {
      ...(area === null ? {} : { area }),
      ...(view === null ? {} : { view }),
      ...(frame === null ? {} : { frame }),
    };
    await this.#send("PUT", `/api/fences/${encodeURIComponent(id)}`, json({ ...rest, ...drawn }));
  }

  async deleteFence(id: string): Promise<void> {
    await this.#send("DELETE", `/api/fences/${encodeURIComponent(id)}`);
  }

  async permits(): Promise<Permit[]> {
    return (await this.#read(PermitList, "/api/permits")).items;
  }

  async putPermit(id: string, permit: Omit<Permit, "id">): Promise<void> {
    await this.#send("PUT", `/api/permits/${encodeURIComponent(id)}`, json(permit));
  }

  async deletePermit(id: string): Promise<void> {
    await this.#send("DELETE", `/api/permits/${encodeURIComponent(id)}`);
  }

  beats(): Promise<BeatList> {
    return this.#read(BeatList, "/api/beats");
  }

  putBeat(id: string, beat: BeatChange): Promise<Beat> {
    return this.#put(Beat, `/api/beats/${encodeURIComponent(id)}`, beat);
  }

  async deleteBeat(id: string): Promise<void> {
    await this.#send("DELETE", `/api/beats/${encodeURIComponent(id)}`);
  }

  editions(): Promise<DraftList> {
    return this.#read(DraftList, "/api/editions");
  }

  draft(id: number): Promise<Draft> {
    return this.#read(Draft, `/api/editions/${id}`);
  }

  /** A draft of a net: a copy of the edition in force, of another one, or what shall begin at a date. */
  newDraft(net: Net, title: string, from?: string): Promise<Draft> {
    return this.#do(Draft, "/api/editions", json({ net, title, ...(from === undefined ? {} : { from }) }));
  }

  /** The grids of an edition, drafts too. */
  editionGrids(net: Net, edition: number): Promise<GridCollection> {
    return this.#read(GridCollection, `/api/grids${search({ net, edition })}`);
  }

  command(id: number, baseVersion: number, command: object): Promise<Commanded> {
    return this.#do(
      Commanded,
      `/api/editions/${id}/commands`,
      json({ base_version: baseVersion, ...command }),
    );
  }

  layRoad(id: number, baseVersion: number, road: object): Promise<Commanded> {
    return this.#do(Commanded, `/api/editions/${id}/roads`, json({ base_version: baseVersion, ...road }));
  }

  undoCommand(id: number, way: "undo" | "redo", baseVersion: number): Promise<Commanded> {
    return this.#do(Commanded, `/api/editions/${id}/${way}`, json({ base_version: baseVersion }));
  }

  checkDraft(id: number): Promise<Check> {
    return this.#do(Check, `/api/editions/${id}/check`, json({}));
  }

  /** Takes an edition a step further on its way: submit, withdraw from work, put into force from a date, roll back. */
  advance(
    id: number,
    step: "submit" | "withdraw" | "publish" | "rollback" | "discard",
    said: object = {},
  ): Promise<Draft> {
    return this.#do(Draft, `/api/editions/${id}/${step}`, json(said));
  }

  /** Puts a draft that was overtaken onto the edition published since, without the commands that are to be left out. */
  rebase(id: number, leaveOut: readonly number[]): Promise<Draft> {
    return this.#do(Draft, `/api/editions/${id}/rebase`, json({ leave_out: leaveOut }));
  }

  review(id: number, accept: boolean, note: string): Promise<Draft> {
    return this.#do(Draft, `/api/editions/${id}/review`, json({ accept, note }));
  }

  impact(id: number, days: number): Promise<Impact> {
    return this.#read(Impact, `/api/editions/${id}/impact${search({ days })}`);
  }

  /** Sends a file of boundaries, which is to become a draft; sent is told how much of it is on its way, 0 to 1. */
  async importGrids(
    file: File,
    said: { net: Net; crs: string; encoding: string },
    sent: (share: number) => void,
  ): Promise<Import> {
    const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ""));
    const response = await upload(`/api/import${search({ ...given, title: file.name })}`, file, sent);
    if (!response.ok) throw await Problem.of(response);
    return this.#decode(Import, response);
  }

  importState(id: number): Promise<Import> {
    return this.#read(Import, `/api/imports/${id}`);
  }

  /** What can be mended in a draft. */
  mends(id: number): Promise<MendList> {
    return this.#read(MendList, `/api/editions/${id}/mends`);
  }

  acceptMends(id: number, baseVersion: number, ids: readonly string[]): Promise<Commanded> {
    return this.#do(Commanded, `/api/editions/${id}/mends`, json({ base_version: baseVersion, ids }));
  }

  async draftLog(id: number): Promise<LogEntry[]> {
    return (await this.#read(DraftLog, `/api/editions/${id}/log`)).items;
  }

  async #read<T>(shape: Shape<T>, path: string): Promise<T> {
    return this.#decode(shape, await this.#send("GET", path));
  }

  async #do<T>(shape: Shape<T>, path: string, init: RequestInit): Promise<T> {
    return this.#decode(shape, await this.#send("POST", path, init));
  }

  async #put<T>(shape: Shape<T>, path: string, body: object): Promise<T> {
    return this.#decode(shape, await this.#send("PUT", path, json(body)));
  }

  async #decode<T>(shape: Shape<T>, response: Response): Promise<T> {
    let body: unknown;
    try {
      body = await response.json();
    } catch (error) {
      throw new Unreachable("the answer broke off", { cause: error });
    }
    return shape.read(body);
  }

  async #send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      response = await this.#fetch(path, { ...init, method, credentials: "same-origin" });
    } catch (error) {
      throw new Unreachable("no answer", { cause: error });
    }
    if (!response.ok) throw await Problem.of(response);
    return response;
  }
}

/** fetch cannot tell how far a body has been sent. */
function upload(path: string, file: File, sent: (share: number) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "text";
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => sent(total === 0 ? 1 : loaded / total);
    request.onload = () =>
      resolve(new Response(request.responseText, { status: request.status, statusText: request.statusText }));
    request.onerror = () => reject(new Unreachable("no answer"));
    request.send(file);
  });
}

function keyed(init: RequestInit, key: string): RequestInit {
  return key === "" ? init : { ...init, headers: { ...init.headers, "Idempotency-Key": key } };
}

function json(body: object): RequestInit {
  return { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

function search(query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).filter(
    (pair): pair is [string, string | number] => pair[1] !== undefined,
  );
  if (given.length === 0) return "";
  return `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}
