package geo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// dbf is the table of a shapefile, of which only the bytes of its texts are looked at: GDAL reads the rest.
type dbf struct {
	language byte
	records  [][]byte
	texts    []dbfField
}

// dbfField is a column of texts: where it lies in a record.
type dbfField struct {
	name     string
	from, to int
}

func parseDBF(data []byte) (dbf, error) {
	const headerBytes, fieldBytes, endOfFields = 32, 32, 0x0d
	broken := Invalid("file", "the shapefile's .dbf is broken")
	if len(data) < headerBytes {
		return dbf{}, broken
	}
	table := dbf{language: data[29]}
	count := int(binary.LittleEndian.Uint32(data[4:]))
	header, record := int(binary.LittleEndian.Uint16(data[8:])), int(binary.LittleEndian.Uint16(data[10:]))
	if record == 0 || header < headerBytes || header > len(data) || count > (len(data)-header)/record {
		return dbf{}, broken
	}
	at := 1 // After the mark of deletion.
	for field := data[headerBytes:header]; len(field) >= fieldBytes && field[0] != endOfFields; field = field[fieldBytes:] {
		name, _, _ := bytes.Cut(field[:11], []byte{0})
		size := int(field[16])
		if field[11] == 'C' {
			size += int(field[17]) << 8
			table.texts = append(table.texts, dbfField{string(name), at, at + size})
		}
		at += size
	}
	if at > record {
		return dbf{}, broken
	}
	for i := range count {
		table.records = append(table.records, data[header+i*record:header+(i+1)*record])
	}
	return table, nil
}

// encoding is what the table says itself, by the mark of the program that wrote it.
func (t dbf) encoding() string {
	const chineseWindows, chineseDOS = 0x7a, 0x4d
	if t.language == chineseWindows || t.language == chineseDOS {
		return gbkName
	}
	return ""
}

// plain reports whether all texts are ASCII, and so the same in every encoding.
func (t dbf) plain() bool {
	for _, record := range t.records {
		for _, field := range t.texts {
			for _, b := range record[field.from:field.to] {
				if b >= utf8.RuneSelf {
					return false
				}
			}
		}
	}
	return true
}

// check refuses the first text that cannot be in the encoding.
func (t dbf) check(encoding string) error {
	for i, record := range t.records {
		for _, field := range t.texts {
			value := bytes.TrimRight(record[field.from:field.to], " \x00")
			if !canBe(value, encoding) {
				return Invalid(fmt.Sprintf("feature %d: %s", i, field.name), "is not %s: is another encoding meant, or is it cut off?", encoding)
			}
		}
	}
	return nil
}

func canBe(value []byte, encoding string) bool {
	if encoding == utf8Name {
		return utf8.Valid(value)
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(value)
	return err == nil && !bytes.ContainsRune(decoded, utf8.RuneError)
}
