package geo

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
)

// srid is the one spatial reference of the database: WGS-84 degrees.
const srid = 4326

// Open connects to the PostGIS database at url. Every connection takes and gives orb values for geometry columns and
// parameters, in queries and in COPY. The schema must be migrated before.
func Open(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("geo: database url: %w", err)
	}
	config.AfterConnect = registerGeometry
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("geo: open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("geo: open database: %w", err)
	}
	return pool, nil
}

// registerGeometry teaches one connection the geometry type, whose number differs from database to database.
func registerGeometry(ctx context.Context, conn *pgx.Conn) error {
	var oid *uint32
	if err := conn.QueryRow(ctx, `SELECT to_regtype('geometry')::oid`).Scan(&oid); err != nil {
		return fmt.Errorf("geo: geometry type: %w", err)
	}
	if oid == nil {
		return fmt.Errorf("geo: the database has no geometry type: migrate it first")
	}
	types := conn.TypeMap()
	geometry := &pgtype.Type{Name: "geometry", OID: *oid, Codec: geometryCodec{}}
	types.RegisterType(geometry)
	for _, value := range orb.AllGeometries {
		if value != nil {
			types.RegisterDefaultPgType(value, "geometry")
		}
	}
	return nil
}

// geometryCodec moves geometries as EWKB, PostGIS' own binary form.
type geometryCodec struct{}

func (geometryCodec) FormatSupported(format int16) bool { return format == pgtype.BinaryFormatCode }

func (geometryCodec) PreferredFormat() int16 { return pgtype.BinaryFormatCode }

func (geometryCodec) PlanEncode(_ *pgtype.Map, _ uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(orb.Geometry); !ok || format != pgtype.BinaryFormatCode {
		return nil
	}
	return encodeGeometry{}
}

func (geometryCodec) PlanScan(_ *pgtype.Map, _ uint32, format int16, target any) pgtype.ScanPlan {
	if format != pgtype.BinaryFormatCode {
		return nil
	}
	switch target.(type) {
	case *orb.Geometry:
		return scanGeometry(func(g orb.Geometry, target any) bool {
			*target.(*orb.Geometry) = g
			return true
		})
	case *orb.Point:
		return scanInto[orb.Point]()
	case *orb.LineString:
		return scanInto[orb.LineString]()
	case *orb.Polygon:
		return scanInto[orb.Polygon]()
	case *orb.MultiPoint:
		return scanInto[orb.MultiPoint]()
	case *orb.MultiLineString:
		return scanInto[orb.MultiLineString]()
	case *orb.MultiPolygon:
		return scanInto[orb.MultiPolygon]()
	case *orb.Collection:
		return scanInto[orb.Collection]()
	}
	return nil
}

func (geometryCodec) DecodeDatabaseSQLValue(_ *pgtype.Map, _ uint32, _ int16, src []byte) (driver.Value, error) {
	return append([]byte(nil), src...), nil
}

func (geometryCodec) DecodeValue(_ *pgtype.Map, _ uint32, _ int16, src []byte) (any, error) {
	if src == nil {
		return nil, nil
	}
	return decodeGeometry(src)
}

type encodeGeometry struct{}

func (encodeGeometry) Encode(value any, buf []byte) ([]byte, error) {
	wire, err := ewkb.Marshal(value.(orb.Geometry), srid)
	if err != nil {
		return nil, fmt.Errorf("geo: encode %T: %w", value, err)
	}
	return append(buf, wire...), nil
}

// scanGeometry stores a decoded geometry in the target and says whether it is of the target's type.
type scanGeometry func(g orb.Geometry, target any) bool

func scanInto[T orb.Geometry]() scanGeometry {
	return func(g orb.Geometry, target any) bool {
		value, ok := g.(T)
		if ok {
			*target.(*T) = value
		}
		return ok
	}
}

// Scan leaves nil in the target for NULL. A point has no nil: scan it into **orb.Point where it may be NULL.
func (store scanGeometry) Scan(src []byte, target any) error {
	if src == nil {
		return scanNull(target)
	}
	g, err := decodeGeometry(src)
	if err != nil {
		return err
	}
	if !store(g, target) {
		return fmt.Errorf("geo: cannot scan a %s into %T", g.GeoJSONType(), target)
	}
	return nil
}

func scanNull(target any) error {
	switch t := target.(type) {
	case *orb.Geometry:
		*t = nil
	case *orb.LineString:
		*t = nil
	case *orb.Polygon:
		*t = nil
	case *orb.MultiPoint:
		*t = nil
	case *orb.MultiLineString:
		*t = nil
	case *orb.MultiPolygon:
		*t = nil
	case *orb.Collection:
		*t = nil
	default:
		return fmt.Errorf("geo: cannot scan NULL into %T", target)
	}
	return nil
}

func decodeGeometry(src []byte) (orb.Geometry, error) {
	g, _, err := ewkb.Unmarshal(src)
	if err != nil {
		return nil, fmt.Errorf("geo: decode geometry: %w", err)
	}
	return g, nil
}
