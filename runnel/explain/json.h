#pragma once

#include <string>

#include "runnel/explain/story.h"

namespace runnel {

/// The story as JSON text on one line. Sizes that are not known are null.
///
///     {"network": "GRU(100, 20, batch_first=True)",
///      "tensors": [{"name": "input", "role": "in",
///                   "axes": ["batch", "seq", "feature"], "shape": [3, 10, 100],
///                   "sentence": "3 sequences of 10 steps, 100 numbers a step",
///                   "origins": [{"axis": "batch", "size": 3, "source": "your data", "meaning": "…"}, …],
///                   "index": []}, …],
///      "layers": [{"kind": "GRU", "text": "…", "sentence": "…", "reads": [0, 1], "gives": [2, 3],
///                  "parameters": [{"name": "weight_ih_l0", "axes": ["gate·hidden", "feature"],
///                                  "shape": [60, 100], "count": 6000}, …],
///                  "count": 7320, "formula": "3 gates · 20 · (100 + 20 + 2)",
///                  "cost": {"multiply_adds": {"count": 216000, "formula": "3 · 10 · 7,200"},
///                           "weight_bytes": {…}, "activation_bytes": {…}},
///                  "origins": […], "equalities": […], "notes": […], "details": […]}],
///      "count": 7320, "formula": "3 gates · 20 · (100 + 20 + 2)", "cost": {…}, "notes": []}
///
/// `reads` and `gives` count the tensors from 0; a model that reads texts has a "preparation" too.
std::string story_json(const Story& story);

}  // namespace runnel
