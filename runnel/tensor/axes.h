#pragma once

#include "runnel/tensor/axis.h"

/// The names that Runnel's own layers and operations use.
namespace runnel::axes {

inline const AxisName batch = "batch";          ///< independent sequences, rows
inline const AxisName seq = "seq";              ///< the steps of a sequence
inline const AxisName feature = "feature";      ///< the numbers that describe one step
inline const AxisName hidden = "hidden";        ///< the numbers that a recurrent layer remembers
inline const AxisName layer = "layer";          ///< stacked recurrent layers
inline const AxisName direction = "direction";  ///< forward, reverse
inline const AxisName gate = "gate";            ///< the gates of a cell
inline const AxisName class_ = "class";         ///< the labels of a classifier
inline const AxisName vocab = "vocab";          ///< the words of a vocabulary
inline const AxisName row = "row";              ///< the real steps of a packed batch, one after the other

}  // namespace runnel::axes
