#include "runnel/nn/state_recorder.h"

#include "runnel/nn/recurrent.h"

namespace runnel {

thread_local StateRecorder* StateRecorder::current_ = nullptr;

std::string RecordedLayer::suffix() const { return cell ? "" : layer_suffix(layer, reverse); }

}  // namespace runnel
