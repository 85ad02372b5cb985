#include <fmt/format.h>

#include "runnel/check/check.h"
#include "runnel/explain/layout.h"
#include "runnel/explain/wording.h"
#include "runnel/formats/array.h"

namespace runnel {
namespace {

std::string range_of(const ArraySummary& array) {
  if (!array.least) return "";
  const std::string least = fmt::format("{:.6g}", *array.least), most = fmt::format("{:.6g}", *array.most);
  return least == most ? "all " + least : least + " … " + most;
}

Row reading_row(const std::string& label, const Reading& reading) {
  return {.head = padded("  " + label, 13),
          .rest = std::string(13, ' '),
          .left = reading.shape.to_string(),
          .right = reading.why};
}

/// The detail lines of an error, each text wrapped under its label. A fix is code, and keeps its lines.
std::string finding_text(const Finding& finding) {
  const std::string label(to_string(finding.severity));
  std::string page = hanging(label + "  ", std::string(label.size() + 2, ' '), finding.error.summary());
  const Mismatch& m = finding.error.mismatch();
  std::vector<Row> rows;
  const auto add = [&](const std::string& name, const std::string& left, const std::string& right) {
    rows.push_back(
        {.head = padded("  " + name, 12), .rest = std::string(12, ' '), .left = left, .right = right});
  };
  if (m.expected) add("expected", m.expected->to_string(), m.expected_why);
  if (m.got) add("got", m.got->to_string(), m.got_why);
  page += aligned_rows(rows);
  if (!m.why.empty()) page += hanging("  why       ", std::string(12, ' '), m.why);
  std::string fix = m.fix;
  for (size_t begin = 0; begin < fix.size();) {
    const size_t end = std::min(fix.find('\n', begin), fix.size());
    page += (begin == 0 ? "  fix       " : std::string(12, ' ')) + fix.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return page;
}

std::string verdict(const DataCheck& check) {
  int64_t faults = 0, warnings = 0;
  for (const Finding& finding : check.findings) {
    faults += finding.severity == Severity::fault ? 1 : 0;
    warnings += finding.severity == Severity::warning ? 1 : 0;
  }
  const std::string also = warnings == 0 ? "" : counted(warnings, "warning");
  if (faults == 0) return also.empty() ? "The data fit.\n" : "No fault, " + also + ".\n";
  return fmt::format("The data do not fit: {}{}.\n", counted(faults, "fault"),
                     also.empty() ? "" : ", " + also);
}

}  // namespace

std::string check_text(const DataCheck& check) {
  std::string page = hanging("", "  ", check.network) + "\n";
  std::vector<Row> rows;
  size_t width = 0;
  for (const ArraySummary& array : check.arrays) width = std::max(width, columns(array.name));
  for (const ArraySummary& array : check.arrays) {
    rows.push_back({.head = "  " + padded(array.name, width + 2),
                    .rest = std::string(width + 4, ' '),
                    .left = array.dtype + " " + shape_text(array.shape),
                    .right = range_of(array)});
  }
  page += aligned_rows(rows);
  rows.clear();
  if (check.as_given) rows.push_back(reading_row("as given", *check.as_given));
  if (check.as_found) rows.push_back(reading_row("your data", *check.as_found));
  if (!rows.empty()) page += "\n" + aligned_rows(rows);
  if (!check.remarks.empty()) page += "\n";
  for (const std::string& remark : check.remarks) page += hanging("  ", "    ", remark);
  for (const Finding& finding : check.findings) page += "\n" + finding_text(finding);
  return page + "\n" + verdict(check);
}

}  // namespace runnel
