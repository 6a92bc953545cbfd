import type { Geometry, Position } from "geojson";

/** Plane geometry in degrees and metres, as far as cards and labels need it. Longitude, latitude everywhere. */

const metresPerDegree = 111_195;

/** Metres between two points, good to a fraction of a percent over a district. */
export function distanceM(a: Position, b: Position): number {
  const [alon = 0, alat = 0] = a;
  const [blon = 0, blat = 0] = b;
  const middle = ((alat + blat) / 2) * (Math.PI / 180);
  return Math.hypot((blon - alon) * Math.cos(middle), blat - alat) * metresPerDegree;
}

/** Square metres of a polygon or multipolygon; 0 for anything else. */
export function areaM2(geometry: Geometry): number {
  let sum = 0;
  for (const polygon of polygons(geometry)) {
    polygon.forEach((ring, i) => {
      sum += (i === 0 ? 1 : -1) * Math.abs(ringArea(ring));
    });
  }
  return sum;
}

/** West, south, east, north. */
export type Bounds = [number, number, number, number];

/** The box around all geometries; null when there is none. */
export function boundsOf(geometries: Iterable<Geometry>): Bounds | null {
  let box: Bounds | null = null;
  for (const geometry of geometries) {
    for (const [lon = 0, lat = 0] of positions(geometry)) {
      box =
        box === null
          ? [lon, lat, lon, lat]
          : [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)];
    }
  }
  return box;
}

/**
 * A point well inside the geometry, for its label: the middle of the widest stretch on a handful of parallels through
 * its largest ring.
 */
export function labelPoint(geometry: Geometry): Position | null {
  const largest = polygons(geometry).reduce<Position[][] | null>((best, polygon) => {
    const size = Math.abs(ringArea(polygon[0] ?? []));
    return best === null || size > Math.abs(ringArea(best[0] ?? [])) ? polygon : best;
  }, null);
  const outer = largest?.[0];
  if (largest === null || outer === undefined || outer.length < 4) return null;

  const lats = outer.map(([, lat = 0]) => lat);
  const south = Math.min(...lats);
  const north = Math.max(...lats);
  let best: { point: Position; score: number } | null = null;
  for (const share of [0.5, 0.42, 0.58, 0.34, 0.66, 0.25, 0.75]) {
    const lat = south + (north - south) * share;
    const crossings = largest.flatMap((ring) => crossingsAt(ring, lat)).sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const west = crossings[i] ?? 0;
      const east = crossings[i + 1] ?? 0;
      const score = (east - west) * (1 - Math.abs(share - 0.5));
      if (best === null || score > best.score) best = { point: [(west + east) / 2, lat], score };
    }
  }
  return best?.point ?? null;
}

/** A circle of the given radius as a polygon, for a position's uncertainty. */
export function circle(centre: Position, radiusM: number): Geometry {
  const [lon = 0, lat = 0] = centre;
  const dLat = radiusM / metresPerDegree;
  const dLon = dLat / Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: 49 }, (_, i) => {
    const angle = (i * Math.PI) / 24;
    return [lon + dLon * Math.cos(angle), lat + dLat * Math.sin(angle)];
  });
  return { type: "Polygon", coordinates: [ring] };
}

/** Whether the point lies inside a polygon or multipolygon; which side a border counts to is left to the service. */
export function contains(geometry: Geometry, point: Position): boolean {
  const [lon = 0, lat = 0] = point;
  return polygons(geometry).some(
    (rings) =>
      rings.flatMap((ring) => crossingsAt(ring, lat)).filter((crossing) => crossing > lon).length % 2 === 1,
  );
}

function polygons(geometry: Geometry): Position[][][] {
  if (geometry.type === "Polygon") return [geometry.coordinates];
  if (geometry.type === "MultiPolygon") return geometry.coordinates;
  return [];
}

function positions(geometry: Geometry): Position[] {
  if (geometry.type === "Point") return [geometry.coordinates];
  return polygons(geometry).flat(2);
}

function ringArea(ring: readonly Position[]): number {
  const [first] = ring;
  if (first === undefined) return 0;
  const [lon0 = 0, lat0 = 0] = first;
  const kx = metresPerDegree * Math.cos((lat0 * Math.PI) / 180);
  let twice = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax = 0, ay = 0] = ring[i] ?? [];
    const [bx = 0, by = 0] = ring[i + 1] ?? [];
    twice += (ax - lon0) * (by - lat0) - (bx - lon0) * (ay - lat0);
  }
  return (twice / 2) * kx * metresPerDegree;
}

/** Longitudes where the ring crosses the parallel; a vertex on it counts to the side above. */
function crossingsAt(ring: readonly Position[], lat: number): number[] {
  const crossings: number[] = [];
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax = 0, ay = 0] = ring[i] ?? [];
    const [bx = 0, by = 0] = ring[i + 1] ?? [];
    if (ay > lat === by > lat) continue;
    crossings.push(ax + ((lat - ay) / (by - ay)) * (bx - ax));
  }
  return crossings;
}
