/** What files the service reads and writes. */
export const formats = ["geojson", "gpkg", "shp", "kml", "csv"] as const;
export type Format = (typeof formats)[number];

/** The coordinate systems that people meet here; any other may be typed. */
export const systems: readonly (readonly [code: string, name: string])[] = [
  ["EPSG:4326", "WGS 84"],
  ["EPSG:4490", "CGCS2000"],
  ["EPSG:4548", "CGCS2000 / 3° CM 117E"],
  ["EPSG:4549", "CGCS2000 / 3° CM 120E"],
  ["EPSG:4527", "CGCS2000 / 3° zone 39"],
  ["EPSG:4528", "CGCS2000 / 3° zone 40"],
  ["GCJ-02", "GCJ-02"],
  ["BD-09", "BD-09"],
];
