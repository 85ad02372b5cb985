#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runnel/kernels/recurrence_forward.cc"
#include <hwy/foreach_target.h>
//
#include <cassert>

#include "runnel/base/denormals.h"
#include "runnel/base/thread_pool.h"
#include "runnel/kernels/plan.h"
#include "runnel/kernels/recurrence.h"
#include "runnel/kernels/step-inl.h"
#include "runnel/kernels/target.h"
#include "runnel/kernels/walk.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

/// Working memory of one share, kept from call to call.
struct InputMemory {
  Buffer x, starts;
  std::vector<int64_t> first_row;

  int64_t bytes() const { return (x.count() + starts.count()) * static_cast<int64_t>(sizeof(float)); }
};

/// The input's side of the steps of one share. Where x is a table, its rows stand multiplied with the weights already,
/// and each step copies those that it reads. Where few sequences run at a time, the rows of many steps are multiplied
/// with the weights together, so that these are read once for all; else each step's tiles read both sides' weights.
template <class CellType>
class InputSide {
 public:
  struct Source {
    const StepKernel<CellType>& kernel;
    const Walk& walk;
    const float* x;
    int64_t width;       // input_size
    const float* table;  // x multiplied with the weights, rows of start_row(); absent: x is no table
  };

  InputSide(const Source& source, const Share& share, InputMemory& memory)
      : source_(source), share_(share), walk_(source.walk), memory_(memory) {
    const int64_t sequences = share.end - share.begin, steps = walk_.steps();
    chunked_ = !source.table && steps > 1 && sequences < kManyRows && walk_.packed_rows() < kManyRows * steps;
    in_place_ = !source.table && !chunked_ && !walk_.x_index();
    most_ = chunked_ ? std::min(chunk_rows(source.kernel), steps * sequences) : sequences;
    if (chunked_ || source.table) memory_.starts.grow(most_ * source.kernel.start_row());
    if (!in_place_ && !source.table) memory_.x.grow(most_ * source.width);
  }

  /// Makes room for any share of up to so many sequences and steps.
  static void reserve(const StepKernel<CellType>& kernel, int64_t width, int64_t batch, int64_t steps,
                      InputMemory& memory) {
    memory.x.grow(std::max(batch, chunk_rows(kernel)) * width);
    memory.starts.grow(chunk_rows(kernel) * kernel.start_row());
    memory.first_row.reserve(static_cast<size_t>(steps));
  }

  /// Makes the rows of the i-th step ready, and in chunks those of the steps after it.
  void prepare(int64_t i) {
    if (in_place_ || (chunked_ && i < ready_)) return;
    memory_.first_row.clear();
    int64_t rows = 0;
    first_step_ = i;
    do {
      memory_.first_row.push_back(rows);
      rows = copy_rows(i++, rows);
    } while (chunked_ && i < walk_.steps() && rows + share_.end - share_.begin <= most_);
    ready_ = i;
    if (chunked_) source_.kernel.project(memory_.x.data(), rows, memory_.starts.data(), share_.panels);
  }

  /// Puts where the input's side of a segment is into `rows` and `places`, after prepare() of its step.
  void fill(const Segment& segment, RecurrenceStep& rows, StepPlaces& places) const {
    places.start = source_.kernel.bias();
    if (in_place_) {
      rows.x = source_.x + (segment.packed_row + segment.first) * source_.width;
      rows.x_stride = source_.width;
      return;
    }
    const int64_t first = memory_.first_row[static_cast<size_t>(segment.step - first_step_)];
    const int64_t row = first + segment.first - share_.begin;
    if (chunked_ || source_.table) {
      places.start_stride = source_.kernel.start_row();
      places.start = memory_.starts.data() + row * places.start_stride;
    } else {
      rows.x = memory_.x.data() + row * source_.width;
      rows.x_stride = source_.width;
    }
  }

 private:
  static constexpr int64_t kManyRows = 4;           // a tile's, about
  static constexpr int64_t kChunkRows = 64;         // weights that are read once for so many rows cost little
  static constexpr int64_t kChunkFloats = 1 << 18;  // 1 MiB: the products are read back from a near cache

  static int64_t chunk_rows(const StepKernel<CellType>& kernel) {
    return std::clamp<int64_t>(kChunkFloats / kernel.start_row(), kManyRows, kChunkRows);
  }

  int64_t copy_rows(int64_t i, int64_t to) {
    walk_.for_each_segment(i, share_.begin, share_.end, [&](const Segment& segment) {
      for (int64_t k = segment.first; k < segment.first + segment.count; ++k, ++to) {
        const int64_t packed = segment.packed_row + k;
        const int64_t row = walk_.x_index() ? walk_.x_index()[packed] : packed;
        if (source_.table) {
          copy_start(row, to);
        } else {
          std::copy_n(source_.x + row * source_.width, source_.width, memory_.x.data() + to * source_.width);
        }
      }
    });
    return to;
  }

  /// The share's part of a row of the table.
  void copy_start(int64_t row, int64_t to) {
    const int64_t stride = source_.kernel.start_row();
    const int64_t first = source_.kernel.first_sum(share_.panels.first),
                  last = std::min(stride, source_.kernel.first_sum(share_.panels.last));
    std::copy(source_.table + row * stride + first, source_.table + row * stride + last,
              memory_.starts.data() + to * stride + first);
  }

  Source source_;
  const Share& share_;
  const Walk& walk_;
  InputMemory& memory_;
  bool chunked_, in_place_;
  int64_t most_;                        // rows that are ready at a time
  int64_t first_step_ = 0, ready_ = 0;  // the steps whose rows are
};

template <class CellType>
class Session final : public RecurrenceSession {
 public:
  explicit Session(const RecurrentLayer& layer) : sizes_(layer, StepKernel<CellType>::kUnits, kSlots) {
    for (const RecurrentWeights& weights : layer.directions) kernels_.emplace_back(sizes_, weights);
    walks_.resize(kernels_.size());
    own_.resize(kernels_.size());
  }

  void reserve(int64_t batch, int64_t steps) override {
    const std::vector<int64_t> batch_sizes(static_cast<size_t>(steps), batch);
    const std::vector<int32_t> sequence(static_cast<size_t>(batch));
    for (size_t d = 0; d < walks_.size(); ++d) {
      walks_[d].assign({.batch_sizes = batch_sizes, .x_row = {}, .output_row = {}, .sequence = sequence},
                       d == 1, Kept::two);
      make_room(walks_[d], Kept::two, own_[d]);
    }
    inputs_.resize(static_cast<size_t>(plan_.reserve(walks_[0], sizes_.directions)));
    for (InputMemory& memory : inputs_) {
      InputSide<CellType>::reserve(kernels_[0], sizes_.input, batch, steps, memory);
    }
  }

  void run(const RecurrenceForward& args) override {
    const Kept kept = args.memory.empty() ? Kept::two : Kept::all;
    const std::span<RecurrentMemory> memory = args.memory.empty() ? std::span(own_) : args.memory;
    for (size_t d = 0; d < walks_.size(); ++d) {
      walks_[d].assign(args.rows, d == 1, kept);
      make_room(walks_[d], kept, memory[d]);
    }
    plan_.assign(walks_[0], plan_sizes(kept));
    if (args.rows.table_rows > 0) multiply_table(args.x, args.rows.table_rows);
    if (static_cast<int64_t>(inputs_.size()) < plan_.shares())
      inputs_.resize(static_cast<size_t>(plan_.shares()));
    plan_.run([&](const Share& share) { walk(args, share, memory[static_cast<size_t>(share.direction)]); });
  }

  void step(const RecurrenceStep& args) noexcept override {
    if (sizes_.projected) own_[0].hidden.grow(args.batch * sizes_.hidden_row);
    const StepPlaces places{.rows = args, .start = kernels_[0].bias(), .hidden = own_[0].hidden.data()};
    downwards_ = !downwards_;
    const int64_t shares = args.shared ? step_shares(args.batch, plan_sizes(Kept::two)) : 1;
    if (shares > 1) return step_shared(places, shares);
    const FlushDenormals flush;
    kernels_[0].step(places, kernels_[0].all(), downwards_);
  }

  int64_t state_row() const override { return sizes_.state_row; }
  int64_t cell_row() const override { return sizes_.hidden_row; }
  int64_t bytes() const override {
    int64_t bytes = 0;
    for (const StepKernel<CellType>& kernel : kernels_) bytes += kernel.bytes();
    for (const InputMemory& input : inputs_) bytes += input.bytes();
    for (const RecurrentMemory& memory : own_) {
      bytes += (memory.state.count() + memory.cell.count() + memory.hidden.count()) *
               static_cast<int64_t>(sizeof(float));
    }
    return bytes;
  }

 private:
  static constexpr int kGates = CellType::kGates, kSlots = CellType::kSlots;

  /// In training those of the backward pass, which reads what each thread has written: both passes are cut alike.
  PlanSizes plan_sizes(Kept kept) const {
    const int64_t of_input = kGates * sizes_.hidden * sizes_.input,
                  of_state = kGates * sizes_.hidden * sizes_.output;
    const bool train = kept == Kept::all;
    return {.directions = sizes_.directions,
            .work_a_row = train ? of_state : of_input + of_state,
            .panels = kernels_[0].groups(),
            .divisible = !sizes_.projected,
            .besides = train ? of_input : 0};
  }

  HWY_NOINLINE void step_shared(const StepPlaces& places, int64_t shares) {
    const int64_t groups = kernels_[0].groups();
    const auto share = [&](int64_t i) {
      const FlushDenormals flush;
      kernels_[0].step(places, {groups * i / shares, groups * (i + 1) / shares}, downwards_);
    };
    parallel_tasks(shares, share, Job::brief);
  }

  void make_room(const Walk& walk, Kept kept, RecurrentMemory& memory) const {
    memory.state.grow(walk.states() * sizes_.state_row);
    if (CellType::kHasCell) memory.cell.grow(walk.states() * sizes_.hidden_row);
    if (kept == Kept::all) memory.gates.grow(walk.packed_rows() * sizes_.slots_row);
    if (sizes_.projected) {
      memory.hidden.grow((kept == Kept::all ? walk.packed_rows() : walk.batch()) * sizes_.hidden_row);
    }
  }

  /// The input's side of every row of a table, for each direction.
  void multiply_table(const float* x, int64_t rows) {
    constexpr int64_t kRowsAThread = 64;
    tables_.resize(kernels_.size());
    for (size_t d = 0; d < kernels_.size(); ++d) {
      const StepKernel<CellType>& kernel = kernels_[d];
      tables_[d].grow(rows * kernel.start_row());
      parallel_for(rows, kRowsAThread, [&, out = tables_[d].data()](int64_t begin, int64_t end) {
        const FlushDenormals flush;
        kernel.project(x + begin * sizes_.input, end - begin, out + begin * kernel.start_row(), kernel.all());
      });
    }
  }

  /// Walks a share through all its steps.
  void walk(const RecurrenceForward& args, const Share& share, RecurrentMemory& memory) {
    const Walk& walk = walks_[static_cast<size_t>(share.direction)];
    const StepKernel<CellType>& kernel = kernels_[static_cast<size_t>(share.direction)];
    const Columns of_h = columns_of(share, sizes_.output), of_c = columns_of(share, sizes_.hidden);
    const auto state = [&](int64_t row) { return memory.state.data() + row * sizes_.state_row; };
    const auto cell = [&](int64_t row) { return memory.cell.data() + row * sizes_.hidden_row; };
    for (int64_t k = share.begin; k < share.end; ++k) {
      const int64_t row = share.direction * walk.batch() + walk.sequence(k), first = walk.first_state(k);
      copy_padded(args.h_0, row, of_h, state(first), {sizes_.output, sizes_.state_row});
      if (CellType::kHasCell)
        copy_padded(args.c_0, row, of_c, cell(first), {sizes_.hidden, sizes_.hidden_row});
    }
    share.wait();
    const bool table = args.rows.table_rows > 0;
    InputSide<CellType> input({kernel, walk, args.x, sizes_.input,
                               table ? tables_[static_cast<size_t>(share.direction)].data() : nullptr},
                              share, inputs_[static_cast<size_t>(share.number)]);
    for (int64_t i = 0; i < walk.steps(); ++i) {
      input.prepare(i);
      walk.for_each_segment(i, share.begin, share.end, [&](const Segment& segment) {
        const int64_t before = segment.before + segment.first, after = segment.after + segment.first;
        const int64_t packed = segment.packed_row + segment.first;
        RecurrenceStep rows{.batch = segment.count, .h = state(before), .h_after = state(after)};
        StepPlaces places{.rows = rows};
        if (CellType::kHasCell) {
          rows.c = cell(before);
          rows.c_after = cell(after);
        }
        const bool keep = !args.memory.empty();
        if (sizes_.projected) {
          places.hidden = memory.hidden.data() + (keep ? packed : segment.first) * sizes_.hidden_row;
        }
        if (keep) places.slots = memory.gates.data() + packed * sizes_.slots_row;
        input.fill(segment, rows, places);
        kernel.step(places, share.panels, i % 2 == 1);
        for (int64_t k = 0; k < segment.count; ++k) {
          const int64_t row = walk.output_row(packed + k) * sizes_.directions + share.direction;
          copy_columns(state(after + k), of_h, args.output + row * sizes_.output);
        }
      });
      share.wait();
    }
    for (int64_t k = share.begin; k < share.end; ++k) {
      const int64_t row = share.direction * walk.batch() + walk.sequence(k), last = walk.last_state(k);
      copy_columns(state(last), of_h, args.h_n + row * sizes_.output);
      if (CellType::kHasCell) copy_columns(cell(last), of_c, args.c_n + row * sizes_.hidden);
    }
  }

  /// The columns that a share writes, of rows of `count`.
  Columns columns_of(const Share& share, int64_t count) const {
    constexpr int64_t units = StepKernel<CellType>::kUnits;
    return {share.panels.first * units,
            share.panels.last == kernels_[0].groups() ? count : share.panels.last * units};
  }

  Sizes sizes_;
  bool downwards_ = false;
  std::vector<StepKernel<CellType>> kernels_;  // one a direction
  std::vector<Walk> walks_;
  Plan plan_;
  std::vector<RecurrentMemory> own_;  // of calls that bring none
  std::vector<InputMemory> inputs_;   // one a share
  std::vector<Buffer> tables_;        // one a direction, of calls whose x is a table
};

RecurrenceSession* new_session(const RecurrentLayer& layer) {
  return with_cell(layer.cell, [&]<class CellType>(CellType) -> RecurrenceSession* {
    return new Session<CellType>(layer);
  });
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace runnel::kernels {

[[maybe_unused]] const bool session_target_chosen = detail::use_target_of_environment();

HWY_EXPORT(new_session);

std::unique_ptr<RecurrenceSession> make_recurrence_session(const RecurrentLayer& layer) {
  assert(layer.cell == Cell::lstm || layer.proj_size == 0);
  return std::unique_ptr<RecurrenceSession>(HWY_DYNAMIC_DISPATCH(new_session)(layer));
}

void recurrence_forward(const RecurrenceForward& args) {
  assert(args.memory.empty() || args.memory.size() == args.layer.directions.size());
  make_recurrence_session(args.layer)->run(args);
}

}  // namespace runnel::kernels
#endif  // HWY_ONCE
