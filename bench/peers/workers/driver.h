#pragma once

// What the peers in C++ share: the conversation of worker.py, its files, its way of timing.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <immintrin.h>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace peers {

using Json = nlohmann::json;

/// float32, row-major.
struct Array {
  std::vector<int64_t> shape;
  std::vector<float> values;

  float* data() { return values.data(); }
};

using Arrays = std::map<std::string, Array>;

/// The peer has no such layer; the text says what.
struct NotFor : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Case {
  std::string cell, mode;
  int64_t input_size = 0, hidden_size = 0, num_layers = 1, batch = 1, seq = 1;
  bool bidirectional = false, packed = false, adam = false;

  int64_t directions() const { return bidirectional ? 2 : 1; }
  int64_t gates() const { return cell == "LSTM" ? 4 : 3; }
  int64_t layer_input(int64_t layer) const { return layer == 0 ? input_size : directions() * hidden_size; }
};

/// What a peer makes of a case.
struct Prepared {
  Arrays results;              ///< `output` [seq, batch, feature], `d_x`, `d_weight_ih_l0` …
  std::function<void()> call;  ///< one call of what is timed
  std::string setting;
};

using Prepare = std::function<Prepared(const Case&, const Arrays& weights, const Array& x, int threads)>;

inline Case case_of(const Json& json) {
  return {.cell = json["cell"],
          .mode = json["mode"],
          .input_size = json["input_size"],
          .hidden_size = json["hidden_size"],
          .num_layers = json["num_layers"],
          .batch = json["batch"],
          .seq = json["seq"],
          .bidirectional = json["bidirectional"],
          .packed = json["packed"],
          .adam = json["adam"]};
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<float> floats(const char* bytes, size_t count) {
  std::vector<float> values(count);
  std::copy_n(bytes, count * sizeof(float), reinterpret_cast<char*>(values.data()));
  return values;
}

/// A safetensors file: the header's length in 8 bytes, the header as JSON, the values.
inline Arrays read_safetensors(const std::string& path) {
  const std::string bytes = read_file(path);
  uint64_t length = 0;
  std::copy_n(bytes.data(), sizeof length, reinterpret_cast<char*>(&length));
  const Json header = Json::parse(bytes.substr(8, length));
  Arrays arrays;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    const size_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
    arrays[name] = {entry["shape"], floats(bytes.data() + 8 + length + begin, (end - begin) / sizeof(float))};
  }
  return arrays;
}

/// An .npy file of version 1: its shape is known, so the header is passed over.
inline Array read_npy(const std::string& path, const std::vector<int64_t>& shape) {
  const std::string bytes = read_file(path);
  const size_t values =
      10 + static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]);
  return {shape, floats(bytes.data() + values, (bytes.size() - values) / sizeof(float))};
}

inline void write_npy(const std::string& path, const Array& array) {
  std::string shape;
  for (const int64_t size : array.shape) shape += std::to_string(size) + ",";
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10, ' ');
  header.back() = '\n';
  std::ofstream file(path, std::ios::binary);
  file << "\x93NUMPY\x01" << '\0' << static_cast<char>(header.size() % 256)
       << static_cast<char>(header.size() / 256) << header;
  file.write(reinterpret_cast<const char*>(array.values.data()),
             static_cast<std::streamsize>(array.values.size() * sizeof(float)));
}

/// Of the calling thread: results and operands below the least normal number count as 0.
inline void flush_denormals() { _mm_setcsr(_mm_getcsr() | 0x8040); }

/// As `measure` of worker.py and cli/stopwatch.cc.
inline Json measure(const std::function<void()>& call, double seconds) {
  constexpr double kShort = 20e-6, kBlock = 50e-6;
  constexpr size_t kLeastSamples = 10;
  const auto now = [] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  call();
  const double warm_up = now();
  int64_t calls = 0;
  while (calls < 2 || now() - warm_up < seconds / 5) {
    call();
    ++calls;
  }
  const double mean = (now() - warm_up) / static_cast<double>(calls);
  const int64_t together = mean < kShort ? static_cast<int64_t>(std::ceil(kBlock / mean)) : 1;
  std::vector<double> samples;
  const double start = now();
  for (double before = start; samples.size() < kLeastSamples || before - start < seconds;) {
    for (int64_t i = 0; i < together; ++i) call();
    const double after = now();
    samples.push_back((after - before) / static_cast<double>(together));
    before = after;
  }
  std::sort(samples.begin(), samples.end());
  return {{"median_us", samples[samples.size() / 2] * 1e6},
          {"min_us", samples.front() * 1e6},
          {"calls", static_cast<int64_t>(samples.size()) * together}};
}

/// Runs the conversation until the input ends.
inline int serve(const std::string& name, const std::string& version, const Prepare& prepare) {
  std::FILE* answers = fdopen(dup(1), "w");
  dup2(2, 1);  // what a library prints is no answer
  const auto answer = [&](const Json& json) {
    std::fputs((json.dump() + "\n").c_str(), answers);
    std::fflush(answers);
  };
  flush_denormals();
  answer({{"version", version}});
  Prepared prepared;
  for (std::string line; std::getline(std::cin, line);) {
    const Json request = Json::parse(line);
    try {
      if (request["do"] == "time") {
        answer(measure(prepared.call, request["seconds"]));
        continue;
      }
      prepared = {};
      const Case of = case_of(request["case"]);
      const std::string folder = request["folder"];
      const Array x =
          read_npy(folder + "/x.npy", {of.mode == "stream" ? -1 : of.seq, of.batch, of.input_size});
      prepared = prepare(of, read_safetensors(folder + "/weights.safetensors"), x, request["threads"]);
      Json files = Json::object();
      for (const auto& [result, array] : prepared.results) {
        files[result] = folder + "/" + name + "." + result + ".npy";
        write_npy(files[result], array);
      }
      answer({{"outputs", files}, {"setting", prepared.setting}});
    } catch (const NotFor& reason) {
      answer({{"not_for", reason.what()}});
    } catch (const std::exception& reason) {
      answer({{"error", reason.what()}});
    }
  }
  return 0;
}

}  // namespace peers
