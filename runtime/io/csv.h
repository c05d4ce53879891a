#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/value.h"

namespace brain::io {

enum class ColumnType { number, integer, boolean, text };

struct CsvOptions {
  char separator = ',';
  std::vector<std::string> columns;                        // names for a file whose first line is data
  std::vector<std::pair<std::string, ColumnType>> types;  // of columns whose type is not to be guessed
};

// A table of separated values (RFC 4180: fields in "..." may hold separators, line breaks and "" for one
// quote) as a Dict in the file's order: column name -> 1-D Array or List of texts. A column without a given type is
// int64 where every field is an integer, boolean where all are true or false, float64 where all are numbers
// or missing (empty, NA, nan: NaN), text otherwise; integers with leading zeros ("007") are labels and make
// it text. Empty lines are skipped, a byte order mark too; columns without a name are column1, column2, ...
// Errors name `name` and the line.
Value read_csv(const Bytes& content, const std::string& name, const CsvOptions& options = {});

// The reverse of read_csv: columns as Dict name -> 1-D Array (integer, floating or boolean) or List of texts,
// all of one length. Numbers read back exactly; NaN is written as NaN.
std::string to_csv(const Value& columns, const std::string& name, char separator = ',');

}  // namespace brain::io
